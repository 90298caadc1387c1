// The stacks that a map holds as text: one frame a line, innermost first, by the names of the kernel or of the process.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "cmd/map_report.h"
#include "spec/spec.h"

namespace sonde::cmd {

// Whose stack an id names, as far as the entries of other maps tell: a record with a field `pid` or `tgid` beside an int
// whose name has "stack" in it.
class StackOwners {
 public:
  void learn(const spec::Spec& spec, const spec::Map& map, const std::vector<MapEntry>& entries);
  int pid_of(int32_t stack_id) const;  // 0: nobody's

 private:
  void learn(const spec::Spec& spec, std::optional<spec::TypeId> type, std::string_view bytes);
  std::unordered_map<int32_t, int> pids_;
};

bool is_stack_map(const spec::Map& map);

// Empty when there are none. User frames of nobody's are addresses.
std::string stack_report(const spec::Map& map, const std::vector<MapEntry>& entries, const StackOwners& owners);

}  // namespace sonde::cmd
