#include "tool/outputs/sink.h"

#include <algorithm>

namespace sonde::tool {

void Sinks::begin(const Cells& names) {
  for (auto& sink : sinks_) sink->begin(names);
}

void Sinks::put(const Record& record) {
  for (auto& sink : sinks_) sink->put(record);
}

void Sinks::lost(std::string_view what, uint64_t count) {
  for (auto& sink : sinks_) sink->lost(what, count);
}

void Sinks::begin_report() {
  for (auto& sink : sinks_) sink->begin_report();
}

void Sinks::end_report() {
  for (auto& sink : sinks_) sink->end_report();
}

Status Sinks::end() {
  Status first;
  for (auto& sink : sinks_) {
    Status ended = sink->end();
    if (first && !ended) first = std::move(ended);
  }
  return first;
}

bool Sinks::failed() const {
  return std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->failed(); });
}

bool Sinks::serves() const {
  return std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->serves(); });
}

void Sinks::clear_screen() {
  for (auto& sink : sinks_) sink->clear_screen();
}

void Sinks::header(const std::string& line) {
  for (auto& sink : sinks_) sink->header(line);
}

void Sinks::line(const std::string& line) {
  for (auto& sink : sinks_) sink->line(line);
}

}  // namespace sonde::tool
