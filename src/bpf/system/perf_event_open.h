// perf_event_open(2) and what every probe does with the descriptor.
#pragma once

#include <linux/perf_event.h>

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::bpf {

// An invalid Fd leaves the reason in errno.
base::Fd perf_event_open(perf_event_attr& attr, int pid, int cpu, int group_fd = -1);
// The same for a struct of another size than ours, which its own field `size` says. The descriptor is not handed on at
// exec.
base::Fd perf_event_open(std::string attr, int pid, int cpu, int group_fd, unsigned long flags);

// Runs the program on the event, and starts the event.
Status set_program(const base::Fd& event, int program);
// The same by a link, which says what was missed, and gives the program a cookie. The descriptor is not valid where the
// kernel has no such links; with a cookie that is kUnsupported.
Result<base::Fd> link_program(const base::Fd& event, int program, uint64_t cookie = 0);
Status enable_event(const base::Fd& event);

// From the errno of attaching a program to an event.
tl::unexpected<Error> attach_failed(int code);

// The number that perf_event_attr::type takes for a dynamic PMU ("kprobe", "uprobe"), or -1 if the kernel has none.
int pmu_type(const std::string& pmu);

// The bit of perf_event_attr::config that makes a probe of this PMU fire on return.
uint64_t pmu_retprobe_bit(const std::string& pmu);

// A CPU to open an event on that fires on all of them.
int any_online_cpu();

}  // namespace sonde::bpf
