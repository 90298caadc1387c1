#include "kernel/prototypes.h"

#include <dirent.h>

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "kernel/btf_text.h"

namespace sonde::kernel {
namespace {

constexpr const char* kDirectory = "/sys/kernel/btf";
constexpr std::string_view kTypedef = "btf_trace_";
// Functions that the kernel generates for each tracepoint, with the same parameters as its typedef, and their names,
// which the type of a pointer to a function lacks.
constexpr std::string_view kNamed[] = {"__traceiter_", "__probestub_"};

struct Found {
  uint32_t typedef_id = 0;
  uint32_t named_id = 0;
};

uint32_t count_of(const Btf& btf, uint32_t function_id) {
  const btf_type* type = btf.type(prototype_id(btf, function_id));
  return type ? Btf::length(type) : 0;
}

std::map<std::string_view, Found> collect(const Btf& btf) {
  std::map<std::string_view, Found> found;
  for (uint32_t id = btf.first_id(); id < btf.end_id(); id++) {
    const btf_type* type = btf.type(id);
    uint32_t kind = Btf::kind(type);
    if (kind != BTF_KIND_TYPEDEF && kind != BTF_KIND_FUNC) continue;
    std::string_view name = btf.name(type);
    if (kind == BTF_KIND_TYPEDEF && name.starts_with(kTypedef)) found[name.substr(kTypedef.size())].typedef_id = id;
    if (kind != BTF_KIND_FUNC) continue;
    for (std::string_view prefix : kNamed) {
      if (name.starts_with(prefix)) found[name.substr(prefix.size())].named_id = id;
    }
  }
  return found;
}

}  // namespace

Result<std::shared_ptr<const Btf>> running_btf(const std::string& module) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Btf>> known;
  std::shared_ptr<const Btf> base;
  if (!module.empty()) {
    ASSIGN_OR_RETURN(base, running_btf());
  }
  std::lock_guard lock(mutex);
  std::shared_ptr<const Btf>& kept = known[module];
  if (kept) return kept;
  ASSIGN_OR_RETURN(kept, Btf::open(fmt::format("{}/{}", kDirectory, module.empty() ? "vmlinux" : module), base));
  return kept;
}

std::vector<std::string> modules_with_btf() {
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(kDirectory), ::closedir);
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    std::string_view name = entry->d_name;
    if (name[0] != '.' && name != "vmlinux") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Prototypes prototypes_of(const Btf& btf, const std::set<std::string, std::less<>>& names) {
  Prototypes found;
  for (uint32_t id = btf.first_id(); id < btf.end_id(); id++) {
    const btf_type* type = btf.type(id);
    if (Btf::kind(type) != BTF_KIND_FUNC) continue;
    auto name = names.find(btf.name(type));
    if (name == names.end()) continue;
    std::string text = prototype(btf, id, *name);
    std::vector<std::string>& all = found[*name];
    if (!text.empty() && std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
  }
  return found;
}

std::vector<RawTracepoint> raw_tracepoints_of(const Btf& btf) {
  std::vector<RawTracepoint> all;
  for (const auto& [name, each] : collect(btf)) {
    if (each.typedef_id == 0) continue;
    bool is_same = each.named_id && count_of(btf, each.named_id) == count_of(btf, each.typedef_id);
    // The first one is `void *__data`, which programs do not see.
    all.push_back({std::string(name), parameters(btf, is_same ? each.named_id : each.typedef_id, 1)});
  }
  return all;
}

}  // namespace sonde::kernel
