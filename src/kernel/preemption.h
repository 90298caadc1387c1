// Whether a task that runs kernel code can lose its processor there: then one program can be interrupted by another call of it.
#pragma once

#include <string_view>

namespace sonde::kernel {

// True also where it cannot be found out, and with preempt=lazy: measured on Linux 7.3 with four tasks that call one function, a
// program in a trampoline missed as many of their calls with lazy as with full preemption. One task that is interrupted inside it
// makes all others on that CPU miss theirs until it runs on.
bool is_preemptible();

// From /sys/kernel/debug/sched/preempt ("none (voluntary) full"; empty: unknown), uname -v and the kernel's command line.
bool is_preemptible(std::string_view mode, std::string_view version, std::string_view command_line);

}  // namespace sonde::kernel
