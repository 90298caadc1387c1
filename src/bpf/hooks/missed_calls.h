// Counts the calls that no program saw: those whose return the kernel could not follow, because a kretprobe has room
// for a fixed number of calls under way (maxactive), and those that reached a trampoline while its program was
// interrupted on the same CPU.
#pragma once

#include <cstdint>

#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

// Of what `link` is attached to. Of trampolines their programs tell it since Linux 5.12; kprobes' links since 6.7,
// before that only events in tracefs do. 0 where nobody does.
uint64_t missed_calls(const Link& link);

}  // namespace sonde::bpf
