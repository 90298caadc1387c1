// The stacks that a map holds as text.
#include "cmd/stack_report.h"

#include <linux/bpf.h>

#include <cstring>
#include <map>

#include "base/result.h"
#include "tool/text/value_text.h"
#include "sonde/symbols.h"

namespace sonde::cmd {

using namespace tool;
namespace {

constexpr uint64_t kKernelHalf = uint64_t{1} << 63;

// Frames as text; the symbols of each process are read once.
class Frames {
 public:
  std::string text(uint64_t address, int pid) {
    if (address & kKernelHalf) return worded(kernel_.resolve(address), address);
    if (pid <= 0) return fmt::format("{:#x}", address);
    return worded(processes_.try_emplace(pid, Symbols::of_process(pid)).first->second.resolve(address), address);
  }

 private:
  static std::string worded(const Symbol& found, uint64_t address) {
    std::string module =
        found.module.empty() ? "" : fmt::format(" [{}]", safe_text(found.module.substr(found.module.rfind('/') + 1)));
    if (found.name.empty()) return fmt::format("{:#x}{}", address, module);
    return fmt::format("{}+{:#x}{}", safe_text(found.name), found.offset, module);
  }

  Symbols kernel_ = Symbols::of_kernel();
  std::map<int, Symbols> processes_;
};

std::vector<std::string> plain_frames(std::string_view stack, int pid, Frames& frames) {
  std::vector<std::string> lines;
  for (; stack.size() >= sizeof(uint64_t); stack.remove_prefix(sizeof(uint64_t))) {
    uint64_t address = unsigned_at(stack, sizeof address);
    if (address == 0) break;
    lines.push_back(frames.text(address, pid));
  }
  return lines;
}

std::vector<std::string> build_id_frames(std::string_view stack, int pid, Frames& frames) {
  std::vector<std::string> lines;
  bpf_stack_build_id entry;
  for (; stack.size() >= sizeof entry; stack.remove_prefix(sizeof entry)) {
    std::memcpy(&entry, stack.data(), sizeof entry);
    if (entry.status == BPF_STACK_BUILD_ID_EMPTY) break;
    std::string_view id(reinterpret_cast<const char*>(entry.build_id), sizeof entry.build_id);
    lines.push_back(entry.status == BPF_STACK_BUILD_ID_IP ? frames.text(entry.ip, pid)
                                                          : fmt::format("{}+{:#x}", hex_text(id), entry.offset));
  }
  return lines;
}

bool is_stack_id(const spec::Spec& spec, const spec::Field& field) {
  const spec::Type& type = spec.types[field.type];
  return type.kind == spec::TypeKind::kInt && type.size >= 4 && field.bits == 0 &&
         field.name.find("stack") != std::string::npos;
}

uint64_t number_at(const spec::Spec& spec, const spec::Field& field, std::string_view bytes) {
  size_t at = field.offset_bits / 8, size = spec.types[field.type].size;
  return size <= 8 && at + size <= bytes.size() ? unsigned_at(bytes.substr(at), size) : 0;
}

}  // namespace

void StackOwners::learn(const spec::Spec& spec, std::optional<spec::TypeId> type, std::string_view bytes) {
  if (!type || spec.types[*type].kind != spec::TypeKind::kStruct) return;
  const std::vector<spec::Field>& fields = spec.types[*type].fields;
  int pid = 0;
  for (const spec::Field& field : fields) {
    if (field.name == "tgid" || (field.name == "pid" && pid == 0))
      pid = static_cast<int>(number_at(spec, field, bytes));
  }
  for (const spec::Field& field : fields) {
    if (pid > 0 && is_stack_id(spec, field))
      pids_.try_emplace(static_cast<int32_t>(number_at(spec, field, bytes)), pid);
  }
}

void StackOwners::learn(const spec::Spec& spec, const spec::Map& map, const std::vector<MapEntry>& entries) {
  for (const MapEntry& entry : entries) {
    learn(spec, map.key, entry.key);
    learn(spec, map.value, entry.value);
  }
}

int StackOwners::pid_of(int32_t stack_id) const {
  auto found = pids_.find(stack_id);
  return found == pids_.end() ? 0 : found->second;
}

bool is_stack_map(const spec::Map& map) { return map.type == BPF_MAP_TYPE_STACK_TRACE; }

std::string stack_report(const spec::Map& map, const std::vector<MapEntry>& entries, const StackOwners& owners) {
  if (entries.empty()) return {};
  Frames frames;
  std::string text = fmt::format("{}:\n", safe_text(map.name));
  for (const MapEntry& entry : entries) {
    auto id = static_cast<int32_t>(unsigned_at(entry.key, sizeof(int32_t)));
    int pid = owners.pid_of(id);
    text += pid > 0 ? fmt::format("  {} of process {}\n", id, pid) : fmt::format("  {}\n", id);
    bool by_build_id = (map.flags & BPF_F_STACK_BUILD_ID) != 0;
    auto lines = by_build_id ? build_id_frames(entry.value, pid, frames) : plain_frames(entry.value, pid, frames);
    for (const std::string& line : lines) text += fmt::format("    {}\n", line);
  }
  return text;
}

}  // namespace sonde::cmd
