// What a tool did not see: events, map entries, stacks, strings. The sink gets it as it is found, standard error at the
// end; nothing is said when all is there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tool/views/view.h"

namespace sonde::tool {

class Losses {
 public:
  explicit Losses(RunContext& context) : context_(&context) {}

  // What was lost since the last call, to the sink.
  void update();
  // The rest, and a warning with the sums. `missed_calls`: returns of functions that could not be followed.
  void end(uint64_t missed_calls);

 private:
  struct Kind;
  struct Loss {
    std::string what;
    uint64_t count = 0;
    std::string hint;
    std::string map;  // empty: of several
  };
  std::vector<Loss> losses(const Kind& kind) const;
  void tell(const Loss& loss);
  void warn(const Loss& loss) const;
  uint64_t count(const Kind& kind) const;
  std::string hint(const Kind& kind) const;

  RunContext* context_;
  std::map<std::string, uint64_t> told_;  // to the sink, by what was lost
};

}  // namespace sonde::tool
