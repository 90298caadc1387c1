#include "bpf/events/perf_buffer.h"

#include <bpf/bpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bpf/system/perf_event_open.h"
#include "bpf/system/permission.h"

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

perf_event_mmap_page* control(const Mapping& mapping) {
  return reinterpret_cast<perf_event_mmap_page*>(mapping.data());
}

uint64_t* head_of(const Mapping& mapping) { return reinterpret_cast<uint64_t*>(&control(mapping)->data_head); }
uint64_t* tail_of(const Mapping& mapping) { return reinterpret_cast<uint64_t*>(&control(mapping)->data_tail); }
uint64_t load_head(const Mapping& mapping) { return __atomic_load_n(head_of(mapping), __ATOMIC_ACQUIRE); }

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

Result<std::unique_ptr<PerfBuffer>> PerfBuffer::open(const std::string& map_name, int map_fd,
                                                     const std::vector<int>& cpus, unsigned pages,
                                                     unsigned wakeup_events, OnEvent on_event, OnLost on_lost) {
  if (pages == 0 || (pages & (pages - 1)) != 0) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("perf buffer {}: {} pages is not a power of two", map_name, pages));
  }
  ASSIGN_OR_RETURN(ReaderLock lock, ReaderLock::make());
  std::unique_ptr<PerfBuffer> buffer(new PerfBuffer(map_name, std::move(lock)));
  buffer->data_size_ = size_t{pages} * page_size();
  buffer->on_event_ = std::move(on_event);
  buffer->on_lost_ = std::move(on_lost);
  buffer->counts_lost_ = !cpus.empty() && open_output(cpus.front(), wakeup_events, true).valid();
  buffer->rings_.reserve(cpus.size());
  for (int cpu : cpus) RETURN_IF_ERROR(buffer->open_ring(map_fd, cpu, std::max(wakeup_events, 1u)));
  return buffer;
}

Status PerfBuffer::open_ring(int map_fd, int cpu, unsigned wakeup_events) {
  Ring ring;
  ring.cpu = cpu;
  ring.event = open_output(cpu, wakeup_events, counts_lost_);
  if (!ring.event.valid()) {
    if (errno == ENODEV) return {};  // the CPU went offline in between
    return fail_system(errno, fmt::format("perf buffer {}: cannot open it on CPU {}", name_, cpu));
  }
  ring.mapping = Mapping(ring.event.get(), page_size() + data_size_, PROT_READ | PROT_WRITE, 0);
  if (!ring.mapping.valid()) {
    int code = errno;
    return base::fail_errno(
        code, fmt::format("perf buffer {}: cannot map {} bytes on CPU {}", name_, data_size_, cpu),
        code == EPERM ? "fewer pages, a higher `ulimit -l` or kernel.perf_event_mlock_kb" : "fewer pages");
  }
  int fd = ring.event.get();
  if (bpf_map_update_elem(map_fd, &cpu, &fd, BPF_ANY) != 0) {
    return fail_system(errno, fmt::format("perf buffer {}: cannot put CPU {} in the map", name_, cpu));
  }
  if (::ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) != 0) {
    return fail_system(errno, fmt::format("perf buffer {}: cannot start CPU {}", name_, cpu));
  }
  rings_.push_back(std::move(ring));
  return {};
}

// The kernel gives mappings of perf events to no child. At once, because a ring that nobody maps any more, when the
// parent ends, takes no events.
void PerfBuffer::after_fork() noexcept {
  for (Ring& ring : rings_) {
    if (ring.mapping.valid()) ring.mapping.map_again(ring.event.get(), PROT_READ | PROT_WRITE, 0);
    unmapped_ |= !ring.mapping.valid();
  }
}

Status PerfBuffer::usable() const {
  if (!unmapped_) return {};
  return base::fail(ErrorKind::kFailed,
                    fmt::format("perf buffer {}: this process was forked and could not map it again", name_),
                    "open the buffer in the process that polls it");
}

std::vector<int> PerfBuffer::fds() const {
  std::vector<int> fds;
  for (const Ring& ring : rings_) fds.push_back(ring.event.get());
  return fds;
}

bool PerfBuffer::has_cpu(int cpu) const {
  return std::any_of(rings_.begin(), rings_.end(), [cpu](const Ring& ring) { return ring.cpu == cpu; });
}

bool PerfBuffer::has_data() const {
  return std::any_of(rings_.begin(), rings_.end(),
                     [](const Ring& ring) { return load_head(ring.mapping) != *tail_of(ring.mapping); });
}

int PerfBuffer::consume(PollBudget& budget) {
  ReaderLock::Scope reading(lock_);
  if (!reading.holds()) {
    budget.note_busy();
    return 0;
  }
  int events = 0;
  size_t count = rings_.size();
  size_t start = count > 0 ? first_++ % count : 0;
  for (size_t i = 0; i < count && !budget.stopped(); i++) events += consume_ring(rings_[(start + i) % count], budget);
  return events;
}

// The record at `at`; put together first if it wraps around the end.
const void* PerfBuffer::whole_record(Ring& ring, uint64_t at) const {
  const char* base = ring.mapping.data() + page_size();
  size_t begin = at & (data_size_ - 1);
  auto* header = reinterpret_cast<const perf_event_header*>(base + begin);  // never wraps: records are 8 bytes apart
  if (begin + header->size <= data_size_) return header;
  if (ring.scratch.empty()) ring.scratch.resize(UINT16_MAX + 1);
  size_t before_end = data_size_ - begin;
  std::memcpy(ring.scratch.data(), header, before_end);
  std::memcpy(ring.scratch.data() + before_end, base, header->size - before_end);
  return ring.scratch.data();
}

int PerfBuffer::consume_ring(Ring& ring, PollBudget& budget) {
  const uint64_t head = load_head(ring.mapping);
  ReadPosition position(head_of(ring.mapping), tail_of(ring.mapping), data_size_, ring.watch);
  int events = 0;
  while (position.at() != head) {
    const void* record = whole_record(ring, position.at());
    size_t size = static_cast<const perf_event_header*>(record)->size;
    if (size == 0) break;
    position.take(size);
    events += handle(ring, record);
    if (budget.over()) break;
  }
  if (position.moved()) budget.note_read();
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
    ring.recorded_lost += static_cast<const LostRecord*>(record)->lost;
    tell(ring, ring.recorded_lost);
  }
  return false;
}

void PerfBuffer::tell(Ring& ring, uint64_t lost) {
  if (lost <= ring.told_lost) return;
  uint64_t news = lost - ring.told_lost;
  ring.told_lost = lost;
  if (on_lost_) on_lost_(ring.cpu, news);
}

uint64_t PerfBuffer::lost_of(const Ring& ring) const {
  uint64_t counts[2] = {};  // value, lost
  bool known = counts_lost_ && ::read(ring.event.get(), counts, sizeof counts) == sizeof counts;
  return known ? std::max(counts[1], ring.recorded_lost) : ring.recorded_lost;
}

void PerfBuffer::tell_lost(bool idle) {
  LossWatch::Clock::time_point now = LossWatch::Clock::now();
  for (Ring& ring : rings_) {
    if (ring.watch.due(now, idle)) tell(ring, lost_of(ring));
  }
}

uint64_t PerfBuffer::lost() const {
  uint64_t total = 0;
  for (const Ring& ring : rings_) total += lost_of(ring);
  return total;
}

}  // namespace sonde::bpf
