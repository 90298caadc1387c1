// The maps and buffers of a session. Where a kernel has no ring buffers, each is read from the perf buffer in its
// place.
#pragma once

#include <chrono>
#include <optional>

#include "sonde/session.h"
#include "tool/views/data_source.h"

namespace sonde::tool {

class LiveSource : public DataSource {
 public:
  LiveSource(Session& session, bool by_perf_buffer) : session_(session), by_perf_buffer_(by_perf_buffer) {}

  const spec::Spec& spec() const override { return session_.spec(); }
  Result<Elements> elements(const std::string& map) override;
  Result<Elements> take_elements(const std::string& map) override;
  Result<std::string> lookup(const std::string& map, std::string_view key) override;
  Status open_buffer(const std::string& map, std::function<void(std::string_view)> on_event) override;
  Status open_trace_lines(std::function<void(std::string_view)> on_line) override;
  uint64_t lost(const std::string& map) override;
  std::string lost_text(const std::string& map) override;

  // Waits for events and trace lines, for at most `timeout`, and hands them on; as Session::poll().
  Result<int> poll(std::chrono::milliseconds timeout);
  // Hands on what has come, when no more does.
  void drain();

 private:
  bool read_trace_lines();
  void drain_trace_lines();

  Session& session_;
  bool by_perf_buffer_;
  bool has_buffers_ = false;
  std::optional<TracePipe> trace_pipe_;
  std::function<void(std::string_view)> on_line_;
};

}  // namespace sonde::tool
