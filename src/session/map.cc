// Map: one map of a session, its elements and its buffers of events.
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <utility>
#include <vector>

#include "base/open_files.h"
#include "bpf/maps/map_element.h"
#include "bpf/system/permission.h"
#include "kernel/cpus.h"
#include "session/loss_report.h"
#include "session/state/session_state.h"
#include "spec/map_types.h"

namespace sonde {
namespace {

constexpr int kNotSupported = 524;  // ENOTSUPP, which no header of user space has

tl::unexpected<Error> wrong_kind(const std::string& name, const char* wanted) {
  return base::fail(ErrorKind::kInvalid, fmt::format("map {} is not a {}", name, wanted));
}

}  // namespace

uint32_t Map::State::value_bytes() const {
  if (!spec::map_type(info.type).is_per_cpu) return info.value_size;
  return ((info.value_size + 7) & ~7u) * kernel::possible_cpus();
}

bpf::MapShape Map::State::shape() const { return {info.fd, info.key_size, value_bytes(), info.max_entries}; }

tl::unexpected<Error> Map::State::failed(const char* verb, int code) const {
  ErrorKind kind = code == ENOENT ? ErrorKind::kNotFound : code == EPERM ? ErrorKind::kPermission : ErrorKind::kFailed;
  // Scripts ask for keys that may not be there, often: no message is put together for that.
  if (code == ENOENT) return tl::unexpected(Error{kind, "no such element", code, {}});
  if (code == kNotSupported) {
    return tl::unexpected(
        Error{ErrorKind::kUnsupported,
              fmt::format("map {}: the kernel does not let anybody {} of such a map", info.name, verb),
              code,
              {}});
  }
  const char* hint =
      code == E2BIG ? "the map is full (or the index is beyond its end); declare it with more entries" : "";
  return tl::unexpected(
      Error{kind, fmt::format("map {}: cannot {}: {}", info.name, verb, std::strerror(code)), code, hint});
}

const spec::Map& Map::spec() const { return state_->spec; }
const std::string& Map::name() const { return state_->info.name; }
int Map::fd() const { return state_->info.fd; }
uint32_t Map::id() const { return state_->info.id; }
uint32_t Map::type() const { return state_->info.type; }
uint32_t Map::key_size() const { return state_->info.key_size; }
uint32_t Map::value_size() const { return state_->info.value_size; }
uint32_t Map::value_bytes() const { return state_->value_bytes(); }
uint32_t Map::max_entries() const { return state_->info.max_entries; }
uint32_t Map::flags() const { return state_->info.flags; }

Status Map::lookup(const void* key, void* value) const {
  int code = bpf::look_up(fd(), key, value);
  return code == 0 ? Status{} : state_->failed("look up an element", code);
}

Status Map::update(const void* key, const void* value, uint64_t flags) {
  int code = bpf::update(fd(), key, value, flags);
  return code == 0 ? Status{} : state_->failed("update an element", code);
}

Status Map::remove(const void* key) {
  int code = bpf::remove(fd(), key);
  return code == 0 ? Status{} : state_->failed("delete an element", code);
}

Status Map::lookup_and_delete(const void* key, void* value) {
  int code = bpf::take(fd(), key, value);
  return code == 0 ? Status{} : state_->failed("take an element", code);
}

Status Map::next_key(const void* key, void* next) const {
  int code = bpf::next_key(fd(), key, next);
  return code == 0 ? Status{} : state_->failed("walk the keys", code);
}

Result<Map::Elements> Map::elements() const {
  bpf::Elements found;
  int code = bpf::read_elements(state_->shape(), false, found);
  if (code != 0) return state_->failed("read its elements", code);
  return Elements{std::move(found.keys), std::move(found.values), found.count};
}

Result<Map::Elements> Map::take_elements() {
  bpf::Elements found;
  int code = bpf::read_elements(state_->shape(), true, found);
  if (code != 0) return state_->failed("take its elements", code);
  return Elements{std::move(found.keys), std::move(found.values), found.count};
}

Result<size_t> Map::count_elements() const {
  size_t count = 0;
  int code = bpf::count_elements(state_->shape(), count);
  if (code != 0) return state_->failed("walk the keys", code);
  return count;
}

Status Map::update_elements(const void* keys, const void* values, size_t count, uint64_t flags) {
  size_t done = 0;
  int code = bpf::update_elements(state_->shape(), static_cast<const char*>(keys), static_cast<const char*>(values),
                                  count, flags, done);
  return code == 0 ? Status{} : state_->failed("update its elements", code);
}

Status Map::remove_elements(const void* keys, size_t count) {
  size_t done = 0;
  int code = bpf::remove_elements(state_->shape(), static_cast<const char*>(keys), count, done);
  return code == 0 ? Status{} : state_->failed("delete its elements", code);
}

Status Map::remove_all_elements() {
  int code = bpf::remove_all_elements(state_->shape());
  return code == 0 ? Status{} : state_->failed("delete its elements", code);
}

Status Map::open_perf_buffer(EventCallback on_event, LostCallback on_lost, unsigned pages, unsigned wakeup_events,
                             int cpu) {
  if (type() != BPF_MAP_TYPE_PERF_EVENT_ARRAY) return wrong_kind(name(), "perf buffer (BPF_PERF_OUTPUT)");
  RETURN_IF_ERROR(state_->poll_state->require_idle());
  if (!on_lost) on_lost = [name = name()](int, uint64_t count) { session::say_lost_events(name, count); };
  ASSIGN_OR_RETURN(std::vector<int> cpus,
                   cpu < 0 ? kernel::online_cpus() : Result<std::vector<int>>(std::vector<int>{cpu}));
  // The old rings leave the epoll set with their descriptors.
  std::erase_if(state_->perf_buffers, [cpu](const auto& each) { return cpu < 0 || each->has_cpu(cpu); });
  auto open = [&] { return bpf::PerfBuffer::open(name(), fd(), cpus, pages, wakeup_events, on_event, on_lost); };
  ASSIGN_OR_RETURN(auto buffer, base::with_open_files(open));
  for (int ring : buffer->fds()) RETURN_IF_ERROR(state_->poll_state->wait_for(state_->poll_state->perf, ring));
  state_->perf_buffers.push_back(std::move(buffer));
  return {};
}

Status Map::open_ring_buffer(RingCallback on_event, LostCallback on_lost) {
  if (type() != BPF_MAP_TYPE_RINGBUF) return wrong_kind(name(), "ring buffer (BPF_RINGBUF_OUTPUT)");
  RETURN_IF_ERROR(state_->poll_state->require_idle());
  ASSIGN_OR_RETURN(bpf::RingBuffer buffer, bpf::RingBuffer::open(name(), fd(), max_entries(), std::move(on_event)));
  RETURN_IF_ERROR(state_->poll_state->wait_for(state_->poll_state->ring, buffer.fd()));
  state_->ring_buffer = std::make_unique<bpf::RingBuffer>(std::move(buffer));
  state_->on_ring_lost = std::move(on_lost);
  return {};
}

uint64_t Map::lost() const {
  if (!state_->perf_buffers.empty()) {
    return std::accumulate(state_->perf_buffers.begin(), state_->perf_buffers.end(), uint64_t{0},
                           [](uint64_t sum, const auto& each) { return sum + each->lost(); });
  }
  uint64_t lost = session::lost_in(state_->info).total();
  if (!state_->on_ring_lost) state_->told_lost = lost;
  return lost;
}

uint64_t Map::collisions() const { return session::lost_in(state_->info).collisions; }

bool Map::State::has_data(bool perf, bool ring) const {
  auto perf_has = [this] {
    return std::any_of(perf_buffers.begin(), perf_buffers.end(), [](auto& each) { return each->has_data(); });
  };
  return (perf && perf_has()) || (ring && ring_buffer && ring_buffer->has_data());
}

void Map::State::tell_lost_events(bool perf, bool ring, bool idle) {
  for (size_t i = 0; perf && i < perf_buffers.size(); i++) perf_buffers[i]->tell_lost(idle);
  if (!ring || !ring_buffer || !ring_buffer->watch().due(bpf::LossWatch::Clock::now(), idle)) return;
  uint64_t lost = session::lost_in(info).total();
  if (lost <= told_lost) return;
  uint64_t news = lost - std::exchange(told_lost, lost);
  on_ring_lost ? on_ring_lost(-1, news) : session::say_lost_events(info.name, news);
}

}  // namespace sonde
