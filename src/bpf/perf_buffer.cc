// The reader of a perf event array: one ring of records per CPU, read in place.
#include "bpf/perf_buffer.h"

#include <bpf/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bpf/perf_event_open.h"
#include "bpf/permission.h"
#include "kernel/cpus.h"

namespace sonde::bpf {
namespace {

struct SampleRecord {
  perf_event_header header;
  uint32_t size;
  char data[];
};

struct LostRecord {
  perf_event_header header;
  uint64_t id;
  uint64_t lost;
};

size_t page_size() {
  static const size_t size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

perf_event_mmap_page* control(const Mapping& mapping) { return reinterpret_cast<perf_event_mmap_page*>(mapping.data()); }

uint64_t load_head(const Mapping& mapping) { return __atomic_load_n(&control(mapping)->data_head, __ATOMIC_ACQUIRE); }
void store_tail(const Mapping& mapping, uint64_t tail) {
  __atomic_store_n(&control(mapping)->data_tail, tail, __ATOMIC_RELEASE);
}

base::Fd open_output(int cpu, unsigned wakeup_events, bool counts_lost) {
  perf_event_attr attr{};
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_BPF_OUTPUT;
  attr.sample_type = PERF_SAMPLE_RAW;
  attr.sample_period = 1;
  attr.wakeup_events = wakeup_events;
  if (counts_lost) attr.read_format = PERF_FORMAT_LOST;
  return perf_event_open(attr, -1, cpu);
}

}  // namespace

Result<PerfBuffer> PerfBuffer::open(const std::string& map_name, int map_fd, unsigned pages, unsigned wakeup_events,
                                    OnEvent on_event, OnLost on_lost) {
  if (pages == 0 || (pages & (pages - 1)) != 0) {
    return base::fail(ErrorKind::kInvalid, fmt::format("perf buffer {}: {} pages is not a power of two", map_name, pages));
  }
  PerfBuffer buffer;
  buffer.data_size_ = size_t{pages} * page_size();
  buffer.on_event_ = std::move(on_event);
  buffer.on_lost_ = std::move(on_lost);
  ASSIGN_OR_RETURN(std::vector<int> cpus, kernel::online_cpus());
  buffer.counts_lost_ = open_output(cpus.front(), wakeup_events, true).valid();
  buffer.rings_.reserve(cpus.size());
  for (int cpu : cpus) RETURN_IF_ERROR(buffer.open_ring(map_name, map_fd, cpu, std::max(wakeup_events, 1u)));
  return buffer;
}

Status PerfBuffer::open_ring(const std::string& map_name, int map_fd, int cpu, unsigned wakeup_events) {
  Ring ring;
  ring.cpu = cpu;
  ring.event = open_output(cpu, wakeup_events, counts_lost_);
  if (!ring.event.valid()) {
    if (errno == ENODEV) return {};  // the CPU went offline in between
    return fail_system(errno, fmt::format("perf buffer {}: cannot open it on CPU {}", map_name, cpu));
  }
  ring.mapping = Mapping(ring.event.get(), page_size() + data_size_, PROT_READ | PROT_WRITE, 0);
  if (!ring.mapping.valid()) {
    int code = errno;
    return base::fail_errno(code, fmt::format("perf buffer {}: cannot map {} bytes on CPU {}", map_name, data_size_, cpu),
                            code == EPERM ? "fewer pages, a higher `ulimit -l` or kernel.perf_event_mlock_kb" : "fewer pages");
  }
  int fd = ring.event.get();
  if (bpf_map_update_elem(map_fd, &cpu, &fd, BPF_ANY) != 0) {
    return fail_system(errno, fmt::format("perf buffer {}: cannot put CPU {} in the map", map_name, cpu));
  }
  if (::ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) != 0) {
    return fail_system(errno, fmt::format("perf buffer {}: cannot start CPU {}", map_name, cpu));
  }
  rings_.push_back(std::move(ring));
  return {};
}

std::vector<int> PerfBuffer::fds() const {
  std::vector<int> fds;
  for (const Ring& ring : rings_) fds.push_back(ring.event.get());
  return fds;
}

bool PerfBuffer::has_data() const {
  return std::any_of(rings_.begin(), rings_.end(), [](const Ring& ring) {
    return load_head(ring.mapping) != control(ring.mapping)->data_tail;
  });
}

int PerfBuffer::consume(Turn& turn) {
  int events = 0;
  size_t count = rings_.size();
  size_t start = count > 0 ? first_++ % count : 0;
  for (size_t i = 0; i < count && !turn.stopped(); i++) events += consume_ring(rings_[(start + i) % count], turn);
  return events;
}

int PerfBuffer::consume_ring(Ring& ring, Turn& turn) {
  const char* base = ring.mapping.data() + page_size();
  const uint64_t mask = data_size_ - 1;
  const uint64_t head = load_head(ring.mapping);
  uint64_t tail = control(ring.mapping)->data_tail;
  uint64_t given_back = tail;
  int events = 0;
  while (tail != head) {
    size_t at = tail & mask;
    auto* header = reinterpret_cast<const perf_event_header*>(base + at);  // never wraps: records are 8 bytes apart
    size_t size = header->size;
    const void* record = header;
    if (size == 0) break;
    if (at + size > data_size_) {
      size_t before_end = data_size_ - at;
      if (ring.scratch.size() < size) ring.scratch.resize(UINT16_MAX + 1);
      std::memcpy(ring.scratch.data(), header, before_end);
      std::memcpy(ring.scratch.data() + before_end, base, size - before_end);
      record = ring.scratch.data();
    }
    events += handle(ring, record);
    tail += size;
    // Room is given back in quarters: often enough for the kernel, seldom enough for its cache line.
    if (tail - given_back >= data_size_ / 4) {
      store_tail(ring.mapping, tail);
      given_back = tail;
    }
    if (turn.over()) break;
  }
  if (tail != given_back) store_tail(ring.mapping, tail);
  return events;
}

bool PerfBuffer::handle(Ring& ring, const void* record) {
  auto* header = static_cast<const perf_event_header*>(record);
  if (header->type == PERF_RECORD_SAMPLE) {
    auto* sample = static_cast<const SampleRecord*>(record);
    on_event_(ring.cpu, sample->data, sample->size);
    return true;
  }
  if (header->type == PERF_RECORD_LOST) {
    uint64_t count = static_cast<const LostRecord*>(record)->lost;
    ring.lost += count;
    if (on_lost_) on_lost_(ring.cpu, count);
  }
  return false;
}

uint64_t PerfBuffer::lost() const {
  uint64_t total = 0;
  for (const Ring& ring : rings_) {
    uint64_t counts[2] = {};  // value, lost
    bool told = counts_lost_ && ::read(ring.event.get(), counts, sizeof counts) == sizeof counts;
    total += told ? std::max(counts[1], ring.lost) : ring.lost;
  }
  return total;
}

}  // namespace sonde::bpf
