// How a tool shows what it found: rows as they come, and tables, histograms and stacks at each report. A view reads
// from a DataSource and hands records on to a Sink: it knows neither where the bytes come from nor what becomes of the
// records.
#pragma once

#include <memory>
#include <vector>

#include "sonde/hook.h"
#include "tool/declaration/tool.h"
#include "tool/formats/format_context.h"
#include "tool/outputs/sink.h"
#include "tool/settings/settings.h"
#include "tool/views/data_source.h"

namespace sonde::tool {

// What the views of one running tool share.
struct RunContext {
  const Tool& tool;
  const Settings& settings;
  DataSource& source;
  Sink& sink;
  FormatContext formats;
  std::vector<Hook> probes = {};  // that the user named, for programs of ON_PROBES

  const spec::Spec& spec() const { return source.spec(); }
  // On standard error: what is not shown, and why. The run goes on.
  void warn(const std::string& what, const Error& why) const;
};

struct Report {
  double seconds = 0;  // since the report before
  bool last = false;
};

class View {
 public:
  virtual ~View() = default;
  virtual Status open() { return {}; }  // before the programs are attached
  virtual void begin() {}               // when they are: headers
  // While nothing else is to do, for a few milliseconds: what a report would need. Whether there is more of it.
  virtual bool work_ahead() { return false; }
  virtual Status report(const Report&) { return {}; }
  virtual Status end() { return {}; }  // after the last report: files
};

std::unique_ptr<View> make_rows(RunContext& context, const Rows& rows);
std::unique_ptr<View> make_table(RunContext& context, const Table& table);
std::unique_ptr<View> make_histogram(RunContext& context, const Histogram& histogram);
std::unique_ptr<View> make_stacks(RunContext& context, const Table& table);
std::unique_ptr<View> make_entries(RunContext& context, const Table& table);
std::unique_ptr<View> make_stack_map(RunContext& context, const Table& table);
std::unique_ptr<View> make_trace_lines(RunContext& context);

}  // namespace sonde::tool
