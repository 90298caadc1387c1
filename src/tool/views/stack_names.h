// Names of the frames of a tool's stacks. Each stack is resolved once, and most of them while the tool waits for
// events: the last report has little left to do, and a process that ends before it was still there to ask.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tool/formats/stack_lines.h"
#include "tool/views/view.h"

namespace sonde::tool {

// The addresses of a stack that stack_in() of tools/tool_tables.h kept for the map `name`; nullopt: it could not be
// kept.
std::optional<std::string> read_stack(DataSource& source, const std::string& name, int32_t id);

class StackNames {
 public:
  // `map`: of STACK_TRACES.
  StackNames(RunContext& context, std::string map) : context_(context), map_(std::move(map)) {}

  // Innermost first; `pid`: whose, or kKernelStacks.
  std::vector<StackFrame> frames(int32_t id, int pid);

  // Has it resolved by resolve_some(), if it is new.
  void expect(int32_t id, int pid);
  bool resolve_some(std::chrono::steady_clock::time_point until);  // whether some are left

 private:
  struct Kept {
    uint64_t address;
    const std::string* name;
  };
  using Key = std::pair<int, int32_t>;

  const std::vector<Kept>& resolved(Key key);
  std::vector<Kept> resolve(Key key);

  RunContext& context_;
  std::string map_;
  std::map<Key, std::vector<Kept>> known_;
  std::unordered_set<std::string> names_;  // those that known_ points to: few functions are in many stacks
  std::deque<Key> expected_;
};

}  // namespace sonde::tool
