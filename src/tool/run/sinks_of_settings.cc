#include "tool/run/sinks_of_settings.h"

namespace sonde::tool {

Result<std::unique_ptr<Sink>> make_sinks(const Tool& tool, const Settings& settings, Output& output) {
  auto sinks = std::make_unique<Sinks>();
  SinkContext context{tool.name, tool.summary, output, !settings.folded};
  auto add = [&](const SinkKind& kind, const std::string& value) -> Status {
    Result<std::unique_ptr<Sink>> sink = kind.make(context, value);
    if (!sink) return tl::unexpected(base::in_context(fmt::format("--{}", kind.name), sink.error()));
    sinks->add(std::move(*sink));
    return {};
  };
  bool needs_default = true;
  for (const SinkKind* kind : sink_kinds()) {
    auto chosen = settings.outputs.find(kind->name);
    if (chosen == settings.outputs.end()) continue;
    RETURN_IF_ERROR(add(*kind, chosen->second));
    needs_default &= kind->place == SinkKind::Place::kBeside;
  }
  for (const SinkKind* kind : sink_kinds()) {
    if (needs_default && kind->place == SinkKind::Place::kDefault) RETURN_IF_ERROR(add(*kind, ""));
  }
  return sinks;
}

}  // namespace sonde::tool
