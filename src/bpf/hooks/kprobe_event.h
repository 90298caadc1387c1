// kprobes through the file kprobe_events of tracefs: for kernels without the kprobe PMU (before 4.17), and for
// kretprobes that say how many calls may be under way.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

// "kprobe vfs_raed: no such function in this kernel; nearest: vfs_read", for the errno with which a probe was refused.
tl::unexpected<Error> kprobe_failed(const Hook& request, int code);

// Whether a kprobe would find one function of this name. Asks for a probe that cannot be, on a return one byte into the
// function: the kernel looks for the name before it says no.
bool is_one_function(const std::string& name);

void remove_kprobe_event(const std::string& name);
uint64_t missed_by_kprobe_event(const std::string& name);

// Events of processes that were killed before they could remove them.
void sweep_kprobe_events();

}  // namespace sonde::bpf
