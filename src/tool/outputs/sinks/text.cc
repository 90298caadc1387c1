// Lines for people: what a tool prints unless something else is asked for.
#include <cstdlib>

#include "tool/outputs/sink.h"

namespace sonde::tool {
namespace {

class TextSink : public Sink {
 public:
  explicit TextSink(const SinkContext& context)
      : output_(context.output),
        for_people_(context.for_people),
        bold_(context.output.is_terminal() && !std::getenv("NO_COLOR")) {}

  void put(const Record& record) override {
    std::string text = record.text();
    if (!text.empty()) write(text);
  }

  bool failed() const override { return output_.failed(); }

  void clear_screen() override {
    if (for_people_) output_.is_terminal() ? output_.put("\033[H\033[2J") : write("");
  }

  void header(const std::string& line) override {
    if (for_people_) write(bold_ ? "\033[1m" + line + "\033[0m" : line);
  }

  void line(const std::string& line) override {
    if (for_people_) write(line);
  }

 private:
  // One call for each line: what goes to standard error meanwhile stands between lines, not in one.
  void write(const std::string& line) { output_.put(line + "\n"); }

  Output& output_;
  bool for_people_;
  bool bold_;
};

}  // namespace

const SinkKind& text_sink() {
  static const SinkKind kKind{
      .name = "text",
      .help = "lines for people",
      .place = SinkKind::Place::kDefault,
      .make = [](const SinkContext& context, const std::string&) -> Result<std::unique_ptr<Sink>> {
        return std::make_unique<TextSink>(context);
      }};
  return kKind;
}

}  // namespace sonde::tool
