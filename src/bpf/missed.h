// Calls whose return the kernel did not follow: it keeps room for so many at a time of each kretprobe.
#pragma once

#include <cstdint>

#include "bpf/hooks.h"

namespace sonde::bpf {

// Of what `link` is attached to. Links tell it since Linux 6.7, before that only events in tracefs do: 0 where nobody does.
uint64_t missed_calls(const Link& link);

}  // namespace sonde::bpf
