// uprobe.multi as the kernel's interface has it since Linux 6.6, which is newer than the headers that we are built
// with.
#pragma once

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace sonde::kernel {

inline constexpr int kTraceUprobeMulti = 48;           // enum bpf_attach_type: BPF_TRACE_UPROBE_MULTI
inline constexpr uint32_t kUprobeMultiReturn = 1;      // BPF_F_UPROBE_MULTI_RETURN
inline constexpr uint32_t kMaxUprobeMulti = 1u << 20;  // places in one link

// union bpf_attr's link_create with its member uprobe_multi.
struct UprobeMultiLink {
  uint32_t program = 0;
  uint32_t target_fd = 0;
  uint32_t attach_type = kTraceUprobeMulti;
  uint32_t link_flags = 0;
  uint64_t path = 0;               // const char *
  uint64_t offsets = 0;            // const uint64_t *, in the file
  uint64_t semaphore_offsets = 0;  // const uint64_t *, or 0
  uint64_t cookies = 0;            // const uint64_t *, or 0
  uint32_t count = 0;
  uint32_t flags = 0;
  uint32_t pid = 0;  // 0: every process
  uint32_t padding = 0;
};
static_assert(sizeof(UprobeMultiLink) == 64);

// The link's descriptor, or -1 and errno.
inline int create_uprobe_multi(UprobeMultiLink link) {
  return static_cast<int>(::syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link));
}

}  // namespace sonde::kernel
