#include "tool/run/live_source.h"

#include <linux/bpf.h>
#include <poll.h>

#include <cerrno>
#include <cstdio>

#include "session/loss_report.h"
#include "tool/declaration/tool.h"

namespace sonde::tool {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kPerfPages = 64;     // a CPU
constexpr milliseconds kTraceStep{20};  // between looks for trace lines, when there are buffers to wait for as well
constexpr int kLinesAtOnce = 1000;      // before events and signals have their turn: printing a line may cause the next
constexpr int kMostRounds = 1000;       // of that many lines, of a pipe that others may fill

Result<Elements> with_sizes(const Map& map, Result<Map::Elements> read) {
  if (!read) return tl::unexpected(read.error());
  return Elements{std::move(read->keys), std::move(read->values), read->count,
                  map.key_size(),        map.value_size(),        map.value_bytes()};
}

}  // namespace

Result<Elements> LiveSource::elements(const std::string& name) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  return with_sizes(map, map.elements());
}

Result<Elements> LiveSource::take_elements(const std::string& name) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  return with_sizes(map, map.take_elements());
}

Result<std::string> LiveSource::lookup(const std::string& name, std::string_view key) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  if (key.size() != map.key_size()) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("a key of {} has {} bytes, not {}", name, map.key_size(), key.size()));
  }
  std::string value(map.value_bytes(), '\0');
  RETURN_IF_ERROR(map.lookup(key.data(), value.data()));
  return value;
}

Status LiveSource::open_buffer(const std::string& name, std::function<void(std::string_view)> on_event) {
  ASSIGN_OR_RETURN(Map map, session_.map(by_perf_buffer_ ? perf_buffer_of(name) : name));
  has_buffers_ = true;
  auto counted = [](int, uint64_t) {};  // told at the end, from lost()
  if (map.type() == BPF_MAP_TYPE_RINGBUF) {
    auto on_record = [on_event = std::move(on_event)](const void* data, uint32_t size) {
      on_event({static_cast<const char*>(data), size});
      return 0;
    };
    return map.open_ring_buffer(std::move(on_record), counted);
  }
  auto on_sample = [on_event = std::move(on_event)](int, const void* data, uint32_t size) {
    on_event({static_cast<const char*>(data), size});
  };
  return map.open_perf_buffer(std::move(on_sample), counted, kPerfPages);
}

// There is one trace pipe for the whole machine: what was written before is not this program's.
Status LiveSource::open_trace_lines(std::function<void(std::string_view)> on_line) {
  ASSIGN_OR_RETURN(trace_pipe_, TracePipe::open(/*nonblocking=*/true));
  on_line_ = [](std::string_view) {};
  drain_trace_lines();
  on_line_ = std::move(on_line);
  return {};
}

// Whether there may be more.
bool LiveSource::read_trace_lines() {
  for (int i = 0; trace_pipe_ && i < kLinesAtOnce; ++i) {
    Result<std::string> line = trace_pipe_->read_line();
    if (line) {
      on_line_(*line);
      continue;
    }
    if (line.error().code != EAGAIN && line.error().code != EINTR) {
      std::fprintf(stderr, "sonde: warning: no more trace output: %s\n", line.error().what.c_str());
      trace_pipe_.reset();
    }
    return false;
  }
  return trace_pipe_.has_value();
}

void LiveSource::drain_trace_lines() {
  for (int round = 0; round < kMostRounds && read_trace_lines();) ++round;
}

Result<int> LiveSource::poll(milliseconds timeout) {
  if (!trace_pipe_) return session_.poll(timeout);
  Result<int> handled = 0;
  if (has_buffers_) {
    handled = session_.poll(std::min(timeout, kTraceStep));
  } else {
    pollfd trace{trace_pipe_->fd(), POLLIN, 0};
    ::poll(&trace, 1, static_cast<int>(timeout.count()));
  }
  read_trace_lines();
  return handled;
}

void LiveSource::drain() {
  (void)session_.poll(milliseconds(0));
  drain_trace_lines();
}

std::string LiveSource::lost_text(const std::string& name) {
  Result<Map> map = session_.map(name);
  if (!map || map->type() != BPF_MAP_TYPE_STACK_TRACE || map->lost() == 0) return "";
  bpf::MapInfo info;
  info.name = name, info.type = map->type(), info.max_entries = map->max_entries(), info.fd = map->fd();
  return session::lost_stacks_text(info, {.collisions = map->collisions(), .full = map->lost() - map->collisions()});
}

uint64_t LiveSource::lost(const std::string& name) {
  Result<Map> map = session_.map(name);
  return map ? map->lost() : 0;
}

}  // namespace sonde::tool
