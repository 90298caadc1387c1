#include "frame/stack_names.h"

#include <fmt/format.h>

namespace sonde::frame {
namespace {

constexpr int32_t kNotAsked = -1;  // what a tool writes where no stack is wanted
constexpr int32_t kNoStack = -14;  // EFAULT: a kernel thread has none in user space

// SONDE_SECOND_STACKS and SONDE_THIRD_STACKS of tools/tool_tables.h.
constexpr unsigned kMapAt = 28;
constexpr const char* kMapSuffixes[] = {"", "_2", "_3"};

}  // namespace

std::optional<std::string> read_stack(Session& session, const std::string& name, int32_t id) {
  auto at = static_cast<size_t>(id >> kMapAt);
  if (id < 0 || at >= std::size(kMapSuffixes)) return std::nullopt;
  Result<Map> map = session.map(name + kMapSuffixes[at]);
  int32_t place = id & ((1 << kMapAt) - 1);
  if (!map) return std::nullopt;
  std::string stack(map->value_size(), '\0');
  return map->lookup(&place, stack.data()) ? std::optional(std::move(stack)) : std::nullopt;
}

std::vector<StackFrame> StackNames::frames(int32_t id, int pid) {
  if (id == kNotAsked || id == kNoStack) return {};
  std::vector<StackFrame> frames;
  for (const Kept& each : resolved({pid, id})) frames.push_back({each.address, *each.name});
  return frames;
}

void StackNames::expect(int32_t id, int pid) {
  if (id < 0) return;
  auto [place, is_new] = known_.try_emplace({pid, id});
  if (is_new) expected_.push_back(place->first);
}

bool StackNames::resolve_some(std::chrono::steady_clock::time_point until) {
  while (!expected_.empty() && std::chrono::steady_clock::now() < until) {
    Key key = expected_.front();
    expected_.pop_front();
    (void)resolved(key);
  }
  return !expected_.empty();
}

// Empty: only expected so far. A resolved stack has a frame, if only one that says that it was missed.
const std::vector<StackNames::Kept>& StackNames::resolved(Key key) {
  std::vector<Kept>& frames = known_[key];
  if (frames.empty()) frames = resolve(key);
  return frames;
}

std::vector<StackNames::Kept> StackNames::resolve(Key key) {
  auto [pid, id] = key;
  bool is_kernel = pid == kKernelStacks;
  std::optional<std::string> stack = read_stack(stage_.session, map_, id);
  if (!stack) {
    return {{0, &*names_.insert(is_kernel ? "[Missed Kernel Stack]" : "[Missed User Stack]").first}};
  }
  std::vector<Kept> frames;
  for (const auto& [address, found] :
       stack_symbols(*stack, is_kernel ? stage_.surroundings.kernel() : stage_.surroundings.process(pid))) {
    std::string name(found.name.empty() ? "[unknown]" : found.name);
    if (!found.name.empty() && stage_.choices.on("offsets")) name += fmt::format("+{:#x}", found.offset);
    frames.push_back({address, &*names_.insert(std::move(name)).first});
  }
  return frames;
}

}  // namespace sonde::frame
