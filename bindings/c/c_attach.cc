// libbcc's functions that attach programs by descriptor to events and tracepoints. What they give is to be closed.
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/fd.h"
#include "bpf/hooks/network.h"
#include "bpf/system/perf_event_open.h"
#include "c/c_function.h"
#include "c/command.h"
#include "kernel/tracefs.h"

namespace {

using sonde::base::Fd;
using sonde::c::address_of, sonde::c::bpf_command;

int failed(const sonde::Error& error) {
  errno = error.code ? error.code : EINVAL;
  return -1;
}

// The event's descriptor with the program on it, or -1.
int with_program(Fd event, int program) {
  if (!event.valid()) return -1;
  auto set = sonde::bpf::set_program(event, program);
  return set ? event.release() : failed(set.error());
}

int open_raw_tracepoint(const char* name, int program) {
  bpf_attr attr{};
  attr.raw_tracepoint.name = address_of(name);
  attr.raw_tracepoint.prog_fd = static_cast<uint32_t>(program);
  return bpf_command(BPF_RAW_TRACEPOINT_OPEN, attr);
}

perf_event_attr tracepoint_event(uint32_t id) {
  perf_event_attr attr{};
  attr.type = PERF_TYPE_TRACEPOINT;
  attr.config = id;
  attr.sample_period = attr.wakeup_events = 1;
  return attr;
}

bool is_counter_or_timer(uint32_t type) { return type != PERF_TYPE_TRACEPOINT && type != PERF_TYPE_BREAKPOINT; }

}  // namespace

SONDE_C_FUNCTION(int, bpf_attach_raw_tracepoint)(int program, const char* name) {
  return open_raw_tracepoint(name, program);
}
// The program knows its function: fentry, fexit, fmod_ret, lsm.
SONDE_C_FUNCTION(int, bpf_attach_kfunc)(int program) { return open_raw_tracepoint(nullptr, program); }
SONDE_C_FUNCTION(int, bpf_attach_lsm)(int program) { return open_raw_tracepoint(nullptr, program); }

SONDE_C_FUNCTION(int, bpf_attach_tracepoint)(int program, const char* category, const char* name) {
  auto tracefs = sonde::kernel::Tracefs::open();
  if (!tracefs) return failed(tracefs.error());
  auto id = (*tracefs)->event_id(std::string(category) + ":" + name);
  if (!id) {
    errno = ENOENT;
    return -1;
  }
  perf_event_attr attr = tracepoint_event(*id);
  return with_program(sonde::bpf::perf_event_open(attr, -1, sonde::bpf::any_online_cpu()), program);
}
SONDE_C_FUNCTION(int, bpf_detach_tracepoint)(const char*, const char*) { return 0; }

SONDE_C_FUNCTION(int, bpf_attach_perf_event_raw)(int program, const perf_event_attr* described, int pid, int cpu,
                                                 int group, unsigned long flags) {
  uint32_t size = described->size ? described->size : PERF_ATTR_SIZE_VER0;
  std::string attr(reinterpret_cast<const char*>(described), size);
  std::memcpy(attr.data() + offsetof(perf_event_attr, size), &size, sizeof size);
  return with_program(sonde::bpf::perf_event_open(attr, pid, cpu, group, flags), program);
}

SONDE_C_FUNCTION(int, bpf_attach_perf_event)(int program, uint32_t type, uint32_t config, uint64_t period,
                                             uint64_t frequency, int pid, int cpu, int group) {
  if (!is_counter_or_timer(type) || (period > 0) == (frequency > 0)) {
    errno = EINVAL;
    return -1;
  }
  perf_event_attr attr{};
  attr.type = type;
  attr.config = config;
  attr.freq = frequency > 0;
  attr.sample_period = frequency > 0 ? frequency : period;
  attr.inherit = pid > 0;
  return with_program(sonde::bpf::perf_event_open(attr, pid, cpu, group), program);
}

// A counter, for a table that perf_read() reads from.
SONDE_C_FUNCTION(int, bpf_open_perf_event)(uint32_t type, uint64_t config, int pid, int cpu) {
  if (!is_counter_or_timer(type)) {
    errno = EINVAL;
    return -1;
  }
  perf_event_attr attr{};
  attr.type = type;
  attr.config = config;
  attr.sample_period = LONG_MAX;
  Fd event = sonde::bpf::perf_event_open(attr, pid, cpu);
  if (!event.valid()) return -1;
  auto enabled = sonde::bpf::enable_event(event);
  return enabled ? event.release() : failed(enabled.error());
}
SONDE_C_FUNCTION(int, bpf_close_perf_event_fd)(int fd) { return fd < 0 ? 0 : ::close(fd); }

// -1 as `program` takes away what is there.
SONDE_C_FUNCTION(int, bpf_attach_xdp)(const char* device, int program, uint32_t flags) {
  auto set = sonde::bpf::set_xdp(device, program, flags);
  return set ? 0 : failed(set.error());
}
