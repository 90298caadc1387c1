// Metrics for Prometheus, at http://ADDRESS:PORT/metrics.
#include <cstdio>

#include "tool/outputs/http_server.h"
#include "tool/outputs/metric_registry.h"
#include "tool/outputs/sink.h"

namespace sonde::tool {
namespace {

constexpr unsigned kReportEvery = 5;  // seconds; scrapers come every 15 or more

class MetricsSink : public Sink {
 public:
  explicit MetricsSink(const SinkContext& context) : registry_(context.tool, context.summary) {}

  Status open(const std::string& tool, const std::string& place) {
    auto page = [this](const std::string& accept) -> HttpServer::Page {
      bool open_metrics = accept.find("application/openmetrics-text") != std::string::npos;
      const char* type = open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                      : "text/plain; version=0.0.4; charset=utf-8";
      return {type, registry_.text(open_metrics)};
    };
    ASSIGN_OR_RETURN(server_, HttpServer::open(place, "/metrics", page));
    std::fprintf(stderr, "%s: metrics are at %s\n", tool.c_str(), server_->url().c_str());
    return {};
  }

  void put(const Record& record) override {
    for (const Measure& measure : record.measures()) registry_.add(measure);
  }

  void begin_report() override { registry_.begin_report(); }
  void end_report() override { registry_.end_report(); }

  void lost(std::string_view what, uint64_t count) override { registry_.add_lost(what, count); }

  bool serves() const override { return true; }

 private:
  MetricRegistry registry_;
  std::unique_ptr<HttpServer> server_;  // ends before the registry that it prints
};

Result<std::unique_ptr<Sink>> make(const SinkContext& context, const std::string& place) {
  auto sink = std::make_unique<MetricsSink>(context);
  RETURN_IF_ERROR(sink->open(context.tool, place));
  return sink;
}

}  // namespace

const SinkKind& metrics_sink() {
  static const SinkKind kKind{
      .name = "metrics",
      .help =
          "serve Prometheus metrics at http://ADDRESS:PORT/metrics (ADDRESS default 127.0.0.1); "
          "nothing is printed unless --json or --csv asks for it",
      .value_word = "[ADDRESS:]PORT",
      .place = SinkKind::Place::kInstead,
      .make = make,
      .interval = kReportEvery};
  return kKind;
}

}  // namespace sonde::tool
