#include "c/kernel_questions.h"

#include <string_view>

#include "kernel/btf.h"
#include "kernel/tracefs.h"

namespace sonde::c {
namespace {

using kernel::Btf;

const Btf* vmlinux() {
  static const Result<std::shared_ptr<const Btf>> btf = Btf::open("/sys/kernel/btf/vmlinux");
  return btf ? btf->get() : nullptr;
}

template <typename Enumerator>
bool has_enumerator(const Btf& btf, const btf_type* type, std::string_view name) {
  const auto* values = Btf::payload<Enumerator>(type);
  for (uint32_t i = 0; i < Btf::length(type); i++) {
    if (btf.string(values[i].name_off) == name) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> tracepoints() {
  ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
  ASSIGN_OR_RETURN(std::vector<std::string> categories, tracefs->list("events"));
  std::vector<std::string> names;
  for (const std::string& category : categories) {
    auto events = tracefs->list("events/" + category);
    if (!events) continue;  // `enable`, `header_page`: files
    for (const std::string& event : *events) {
      if (tracefs->exists("events/" + category + "/" + event + "/format")) names.push_back(category + ":" + event);
    }
  }
  return names;
}

bool tracepoint_exists(const std::string& category, const std::string& event) {
  auto tracefs = kernel::Tracefs::open();
  return tracefs && (*tracefs)->exists("events/" + category + "/" + event + "/id");
}

int struct_has_field(const std::string& record, const std::string& field) {
  const Btf* btf = vmlinux();
  uint32_t id = btf ? btf->find(BTF_KIND_STRUCT, record) : 0;
  if (id == 0) return -1;
  return btf->member_type(id, field) != 0 ? 1 : 0;
}

int enum_has_value(const std::string& enumeration, const std::string& value) {
  const Btf* btf = vmlinux();
  if (btf && enumeration.empty()) {
    const btf_type* found = btf->type(btf->find_enumerator(value).enum_id);
    return found && btf->name(found).empty() ? 1 : 0;
  }
  uint32_t id = btf ? btf->find(BTF_KIND_ENUM, enumeration) : 0;
  if (id == 0) return -1;
  const btf_type* type = btf->type(id);
  bool wide = Btf::kind(type) == BTF_KIND_ENUM64;
  return wide ? has_enumerator<btf_enum64>(*btf, type, value) : has_enumerator<btf_enum>(*btf, type, value);
}

bool has_btf() { return vmlinux() != nullptr; }

}  // namespace sonde::c
