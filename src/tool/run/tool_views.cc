#include "tool/run/tool_views.h"

#include "tool/views/custom_view.h"
#include "tool/views/option_text.h"

namespace sonde::tool {

namespace {

std::unique_ptr<View> make_view(RunContext& context, const Table& table) {
  if (table.as_stacks) return make_stacks(context, table);
  if (table.as_stack_map) return make_stack_map(context, table);
  return table.as_entries ? make_entries(context, table) : make_table(context, table);
}

}  // namespace

Result<ToolViews> ToolViews::make(RunContext& context) {
  ToolViews made(context);
  const Tool& tool = context.tool;
  const Settings& settings = context.settings;
  for (const Rows& rows : tool.rows) {
    if (settings.hold(rows.conditions)) made.views_.push_back(make_rows(context, rows));
  }
  if (tool.has_trace_lines) made.views_.push_back(make_trace_lines(context));
  size_t without_reports = made.views_.size();
  for (const Table& table : tool.tables) {
    if (!settings.hold(table.conditions)) continue;
    made.views_.push_back(make_view(context, table));
  }
  for (const Histogram& histogram : tool.histograms) {
    if (settings.hold(histogram.conditions)) made.views_.push_back(make_histogram(context, histogram));
  }
  if (tool.has_custom_view && settings.hold(tool.custom_view_conditions)) {
    const CustomView* custom = find_custom_view(tool.name);
    if (!custom) return base::fail(ErrorKind::kInvalid, "OWN_SHAPE is for tools that are built into sonde");
    made.views_.push_back(custom->make(context));
  }
  made.has_reports_ = made.views_.size() > without_reports || !tool.histograms.empty();
  return made;
}

Status ToolViews::open() {
  for (auto& view : views_) RETURN_IF_ERROR(view->open());
  return {};
}

void ToolViews::begin() {
  for (const std::string& line : context_->tool.intro) {
    std::string text = filled_by_options(line, *context_);
    if (!text.empty()) context_->sink.line(text);
  }
  for (auto& view : views_) view->begin();
}

Status ToolViews::report(const Report& report) {
  put_heading();
  context_->sink.begin_report();
  for (auto& view : views_) RETURN_IF_ERROR(view->report(report));
  context_->sink.end_report();
  if (!report.last) losses_.update();
  return {};
}

void ToolViews::put_heading() {
  const Tool& tool = context_->tool;
  Sink& sink = context_->sink;
  if (tool.clears_screen && !context_->settings.keep_screen) sink.clear_screen();
  else if (tool.clears_screen || (!tool.histograms.empty() && !tool.is_program)) sink.line("");
  for (const Heading& heading : tool.headings) {
    if (!heading.option.empty() && !context_->settings.on(heading.option)) continue;
    if (std::string text = filled_by_options(heading.text, *context_); !text.empty()) sink.line(text);
  }
}

bool ToolViews::work_ahead() {
  bool has_more = false;
  for (auto& view : views_) has_more |= view->work_ahead();
  return has_more;
}

Status ToolViews::end(uint64_t missed_calls) {
  for (auto& view : views_) RETURN_IF_ERROR(view->end());
  losses_.end(missed_calls);
  return context_->sink.end();
}

}  // namespace sonde::tool
