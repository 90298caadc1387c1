// A JSON object on each line. What was lost is an object, too: a program that reads the lines does not see standard
// error.
#include "tool/formats/json_line.h"
#include "tool/outputs/sink.h"

namespace sonde::tool {
namespace {

class JsonSink : public Sink {
 public:
  explicit JsonSink(Output& output) : output_(output) {}

  void put(const Record& record) override { write(record.json()); }

  void lost(std::string_view what, uint64_t count) override { write({{"lost", {{"what", what}, {"count", count}}}}); }

  bool failed() const override { return output_.failed(); }

 private:
  void write(const nlohmann::ordered_json& object) { output_.put(json_line(object) + "\n"); }

  Output& output_;
};

}  // namespace

const SinkKind& json_sink() {
  static const SinkKind kKind{
      .name = "json",
      .help = "print a JSON object on each line",
      .place = SinkKind::Place::kOutput,
      .make = [](const SinkContext& context, const std::string&) -> Result<std::unique_ptr<Sink>> {
        return std::make_unique<JsonSink>(context.output);
      }};
  return kKind;
}

}  // namespace sonde::tool
