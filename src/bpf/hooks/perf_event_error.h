// What a perf event is called, and why the kernel would not open it.
#pragma once

#include <string>

#include "base/result.h"
#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

// As perf-list(1) has it: "cpu-clock", "L1-dcache-load-misses"; "type 8 config 0x1" for what has no name here.
std::string perf_event_name(uint32_t type, uint64_t config);

// What is wrong before the kernel is asked.
Status check_perf_event(const PerfEvent& wanted);

// `code` is what perf_event_open(2) left in errno for process `pid` (-1: any) on `cpu` (-1: any).
tl::unexpected<Error> perf_event_failed(const PerfEvent& wanted, int pid, int cpu, int code);

}  // namespace sonde::bpf
