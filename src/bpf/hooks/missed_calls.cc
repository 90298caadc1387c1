// What the kernel says that it missed.
#include "bpf/hooks/missed_calls.h"

#include <bpf/bpf.h>

#include "base/fd.h"
#include "bpf/hooks/kprobe_event.h"

namespace sonde::bpf {
namespace {

// struct bpf_link_info of Linux 6.7, which is longer than that of our headers.
struct LinkInfo {
  uint32_t type, id, program, unused;
  union {
    struct {
      uint32_t type, unused;
      uint64_t name;
      uint32_t name_length, offset;
      uint64_t address, missed;
    } perf_event;
    struct {
      uint64_t addresses;
      uint32_t count, flags;
      uint64_t missed;
    } kprobe_multi;
    char room[256];
  };
};
constexpr uint32_t kPerfEventLink = 7, kKprobeMultiLink = 8;  // enum bpf_link_type
constexpr uint32_t kPerfEventKretprobe = 4;                   // enum bpf_perf_event_type

// What came on a CPU while the same program ran there. Trampolines have programs of their own.
uint64_t missed_by_program(uint32_t id) {
  base::Fd program(bpf_prog_get_fd_by_id(id));
  bpf_prog_info info{};
  uint32_t length = sizeof info;
  return program.valid() && bpf_obj_get_info_by_fd(program.get(), &info, &length) == 0 ? info.recursion_misses : 0;
}

uint64_t missed_by(int fd) {
  LinkInfo info{};
  uint32_t length = sizeof info;
  if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0) return 0;
  if (info.type == BPF_LINK_TYPE_TRACING) return missed_by_program(info.program);
  if (info.type == kKprobeMultiLink) return info.kprobe_multi.missed;
  bool is_return = info.type == kPerfEventLink && info.perf_event.type == kPerfEventKretprobe;
  return is_return ? info.perf_event.missed : 0;
}

}  // namespace

uint64_t missed_calls(const Link& link) {
  uint64_t missed = link.kprobe_event().empty() ? 0 : missed_by_kprobe_event(link.kprobe_event());
  for (const base::Fd& fd : link.fds()) missed += missed_by(fd.get());
  return missed;
}

}  // namespace sonde::bpf
