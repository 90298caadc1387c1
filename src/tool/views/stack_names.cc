#include "tool/views/stack_names.h"

#include <fmt/format.h>

#include "tool/formats/layout.h"

namespace sonde::tool {
namespace {

constexpr int32_t kNotAsked = -1;  // what a tool writes where no stack is wanted
constexpr int32_t kNoStack = -14;  // EFAULT: a kernel thread has none in user space

constexpr const char* kMapSuffixes[] = {"", "_2", "_3"};

}  // namespace

std::optional<std::string> read_stack(DataSource& source, const std::string& name, int32_t id) {
  auto at = static_cast<size_t>(id >> SONDE_STACK_MAP_AT);
  if (id < 0 || at >= std::size(kMapSuffixes)) return std::nullopt;
  int32_t place = id & ((1 << SONDE_STACK_MAP_AT) - 1);
  Result<std::string> stack =
      source.lookup(name + kMapSuffixes[at], {reinterpret_cast<const char*>(&place), sizeof place});
  return stack ? std::optional(std::move(*stack)) : std::nullopt;
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
  std::optional<std::string> stack = read_stack(context_.source, map_, id);
  if (!stack) {
    return {{0, &*names_.insert(is_kernel ? "[Missed Kernel Stack]" : "[Missed User Stack]").first}};
  }
  std::vector<Kept> frames;
  for (const auto& [address, found] : stack_symbols(*stack, context_.formats, pid)) {
    std::string name(found.name.empty() ? "[unknown]" : found.name);
    if (!found.name.empty() && context_.settings.on("offsets")) name += fmt::format("+{:#x}", found.offset);
    frames.push_back({address, &*names_.insert(std::move(name)).first});
  }
  return frames;
}

}  // namespace sonde::tool
