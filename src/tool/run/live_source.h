// The maps and buffers of a session. Where a kernel has no ring buffers, each is read from the perf buffer in its
// place.
#pragma once

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
  uint64_t lost(const std::string& map) override;

 private:
  Session& session_;
  bool by_perf_buffer_;
};

}  // namespace sonde::tool
