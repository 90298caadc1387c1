// Whether a task that runs kernel code can lose its processor there: then one program can be interrupted by another
// call of it.
#pragma once

#include <string_view>

namespace sonde::kernel {

// True also where it cannot be found out, and with preempt=lazy: of 16000 calls that four tasks on one CPU made of one
// function, a short program in a trampoline missed 5061 on Linux 7.3 with lazy and 2942 with full preemption, and none
// on 6.12 with voluntary. One task that is interrupted inside the program makes all others on that CPU miss their calls
// until it runs on.
bool is_preemptible();

// From /sys/kernel/debug/sched/preempt ("none (voluntary) full"; empty: unknown), uname -v and the kernel's command
// line.
bool is_preemptible(std::string_view mode, std::string_view version, std::string_view command_line);

}  // namespace sonde::kernel
