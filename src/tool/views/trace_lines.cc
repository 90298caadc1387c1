// Lines of the kernel's trace pipe: what the programs say with bpf_trace_printk().
#include "tool/text/value_text.h"
#include "tool/views/map_label.h"
#include "tool/views/view.h"

namespace sonde::tool {
namespace {

class TraceLineRecord : public Record {
 public:
  explicit TraceLineRecord(std::string_view line) : line_(line) {}

  // A tab is the one control character that does nothing to a terminal.
  std::string text() const override {
    std::string text;
    for (std::string_view rest = line_;;) {
      size_t tab = rest.find('\t');
      text += safe_text(rest.substr(0, tab));
      if (tab == std::string_view::npos) return text;
      text += '\t';
      rest.remove_prefix(tab + 1);
    }
  }

  nlohmann::ordered_json json() const override { return {{"trace", std::string(line_)}}; }
  std::vector<Cells> rows() const override { return {{std::string(line_)}}; }
  std::vector<Measure> measures() const override {
    return {{.name = "trace_lines", .help = "Lines of bpf_trace_printk().", .value = 1}};
  }

 private:
  std::string_view line_;
};

class TraceLinesView : public View {
 public:
  explicit TraceLinesView(RunContext& context) : context_(context), label_(context.tool, kTracePipe) {}

  // There is one trace pipe for the whole machine: whatever else the program shows is shown without it.
  Status open() override {
    auto put = [this](std::string_view line) { label_.put(context_.sink, TraceLineRecord(line)); };
    Status opened = context_.source.open_trace_lines(put);
    if (!opened) context_.warn("no trace output", opened.error());
    return {};
  }

  void begin() override { label_.begin(context_.sink, {"trace"}); }

 private:
  RunContext& context_;
  MapLabel label_;
};

}  // namespace

std::unique_ptr<View> make_trace_lines(RunContext& context) { return std::make_unique<TraceLinesView>(context); }

}  // namespace sonde::tool
