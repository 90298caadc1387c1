#include "bpf/events/ring_buffer.h"

#include <linux/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace sonde::bpf {
namespace {

size_t page_size() {
  static const size_t size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

uint64_t* position(const Mapping& mapping) { return reinterpret_cast<uint64_t*>(mapping.data()); }
uint64_t load_position(const Mapping& mapping) { return __atomic_load_n(position(mapping), __ATOMIC_ACQUIRE); }

uint32_t load_length(const char* record) {
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(record), __ATOMIC_ACQUIRE);
}

// What a record takes in the ring: its header, its data, rounded up to 8.
uint64_t span_of(uint32_t length) {
  uint32_t size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
  return (uint64_t{size} + BPF_RINGBUF_HDR_SZ + 7) & ~uint64_t{7};
}

}  // namespace

Result<RingBuffer> RingBuffer::open(const std::string& map_name, int map_fd, uint32_t max_entries, OnEvent on_event) {
  ASSIGN_OR_RETURN(ReaderLock lock, ReaderLock::make());
  RingBuffer ring(std::move(lock));
  ring.fd_ = map_fd;
  ring.mask_ = uint64_t{max_entries} - 1;
  ring.on_event_ = std::move(on_event);
  ring.consumer_ = Mapping(map_fd, page_size(), PROT_READ | PROT_WRITE, 0);
  if (ring.consumer_.valid()) {
    ring.producer_ = Mapping(map_fd, page_size() + 2 * size_t{max_entries}, PROT_READ, static_cast<off_t>(page_size()));
  }
  if (!ring.producer_.valid()) return base::fail_errno(errno, fmt::format("ring buffer {}: cannot map it", map_name));
  return ring;
}

bool RingBuffer::has_data() const {
  // Our last store of the consumer's position must be seen by the kernel before we look, or both sides could believe
  // that the other will act: the kernel wakes only a reader that has caught up.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  uint64_t consumed = *position(consumer_);
  if (consumed == load_position(producer_)) return false;
  return (load_length(producer_.data() + page_size() + (consumed & mask_)) & BPF_RINGBUF_BUSY_BIT) == 0;
}

int RingBuffer::consume(PollBudget& budget) {
  ReaderLock::Scope alone(lock_);
  if (!alone.holds()) {
    budget.note_busy();
    return 0;
  }
  const char* data = producer_.data() + page_size();
  const uint64_t produced = load_position(producer_);
  ReadPosition reading(position(producer_), position(consumer_), mask_ + 1, watch_);
  int events = 0;
  while (reading.at() < produced && !budget.stopped()) {
    const char* record = data + (reading.at() & mask_);
    uint32_t length = load_length(record);
    if (length & BPF_RINGBUF_BUSY_BIT) break;  // reserved, not submitted yet; those behind it wait their turn
    reading.take(span_of(length));
    if ((length & BPF_RINGBUF_DISCARD_BIT) == 0) {
      events++;
      if (on_event_(record + BPF_RINGBUF_HDR_SZ, length) < 0) budget.stop();
    }
    if (budget.over()) break;
  }
  if (reading.moved()) budget.note_read();
  return events;
}

}  // namespace sonde::bpf
