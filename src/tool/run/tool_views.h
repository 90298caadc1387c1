// The views of one tool together: what happens at its begin, at each report, and at its end.
#pragma once

#include <memory>
#include <vector>

#include "tool/run/losses.h"
#include "tool/views/view.h"

namespace sonde::tool {

class ToolViews {
 public:
  // Those that the settings ask for.
  static Result<ToolViews> make(RunContext& context);

  Status open();  // before anything is attached
  void begin();   // when everything is: introduction, headers
  // Whether there are any: rows alone come by themselves.
  bool has_reports() const { return has_reports_; }
  Status report(const Report& report);
  // While nothing else is to do; whether there is more of it.
  bool work_ahead();
  // What was lost since the last call, to the sink.
  void update_losses() { losses_.update(); }
  // After the last report. `missed_calls`: Session::missed_calls() before the programs were detached.
  Status end(uint64_t missed_calls);

 private:
  explicit ToolViews(RunContext& context) : context_(&context), losses_(context) {}
  void put_heading();

  RunContext* context_;
  std::vector<std::unique_ptr<View>> views_;
  bool has_reports_ = false;
  Losses losses_;
};

}  // namespace sonde::tool
