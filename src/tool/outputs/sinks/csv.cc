// Comma-separated values (RFC 4180), with a line of names first. Cells are the very bytes that were seen, but on a
// terminal, where control characters are escaped as in text.
#include "tool/outputs/sink.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

class CsvSink : public Sink {
 public:
  explicit CsvSink(Output& output) : output_(output), is_terminal_(output.is_terminal()) {}

  void begin(const Cells& names) override { write(names); }

  void put(const Record& record) override {
    for (const Cells& cells : record.rows()) write(cells);
  }

  bool failed() const override { return output_.failed(); }

 private:
  void write(const Cells& cells) {
    std::string line;
    for (const std::string& cell : cells) line += (&cell == &cells.front() ? "" : ",") + csv_text(cell);
    output_.put((is_terminal_ ? safe_text(line) : line) + "\n");
  }

  Output& output_;
  bool is_terminal_;
};

}  // namespace

const SinkKind& csv_sink() {
  static const SinkKind kKind{
      .name = "csv",
      .help = "print comma-separated values",
      .place = SinkKind::Place::kOutput,
      .make = [](const SinkContext& context, const std::string&) -> Result<std::unique_ptr<Sink>> {
        return std::make_unique<CsvSink>(context.output);
      }};
  return kKind;
}

}  // namespace sonde::tool
