// What is said of a field of a row, key or value, and the types that choose how it is shown. A part of tool.h.
#pragma once
#pragma clang system_header
#include "tool_layout.h"

// Of a field of a row, key or value. A negative width: to the left. The field's type chooses how it is shown.
#define COLUMN(title, width) SONDE_ANNOTATE("column", title, width)
// Also behind ROWS and TABLE. The options `pid` and `tid` are the frame's own -p and -t.
#define SHOWN_IF(option) SONDE_ANNOTATE("if", #option)
#define SHOWN_UNLESS(option) SONDE_ANNOTATE("unless", #option)
#define UNIT(unit) SONDE_ANNOTATE("unit", unit)      // of a duration: "s", "ms", "us", "ns"; of bytes: "KB", "MB"
#define DIGITS(digits) SONDE_ANNOTATE("digits", digits)  // behind the point
#define CUT(characters) SONDE_ANNOTATE("cut", characters)
// Another width with an option; what is CUT is then cut there.
#define WIDTH_IF(option, width) SONDE_ANNOTATE("width_if", #option, width)
#define PER_SECOND SONDE_ANNOTATE("per_second")      // of a count in a table: divided by the interval
#define BEFORE(text) SONDE_ANNOTATE("before", text)  // directly before what is shown, a part of its width
#define AFTER(text) SONDE_ANNOTATE("after", text)    // directly behind it
// Computed when shown: COMPUTED(table, "HIT%", 7, 2, "100 * (reference - miss) / reference"). A name is a field, or
// meminfo_NAME for kilobytes of /proc/meminfo; "time" alone is the time of the report, and its column the first.
#define COMPUTED(table, title, width, digits, expression) \
  SONDE_SAYS("computed", #table, title, width, digits, expression)

typedef u64 timestamp_t;    // bpf_ktime_get_ns(): seconds since the start, or UNIT("ms")
typedef u64 boot_time_t;    // bpf_ktime_get_ns(): seconds since the machine was started
typedef u64 clock_ms_t;     // bpf_ktime_get_ns(): HH:MM:SS.mmm; in a column's title {zone} is the time zone
typedef u64 utc_clock_ms_t;
typedef u64 wall_time_t;    // bpf_ktime_get_ns(): HH:MM:SS
typedef u64 duration_ns_t;
typedef u64 bytes_t;
typedef char comm_t[TASK_COMM_LEN];
typedef char path_t[256];
typedef char text_t[128];
typedef s32 fd_t;
typedef s32 errno_t;        // positive
typedef s32 signal_t;
typedef u32 process_t;      // as an option: a process that exists
typedef u32 thread_t;
typedef s32 cpu_t;
typedef u32 octal_t;
typedef u64 hex_t;
typedef u64 inode_t;        // as an option: the path of a file
typedef u32 disk_t;         // dev_t of the kernel: major << 20 | minor
typedef u64 ksym_t;         // an address in the kernel
typedef s32 kernel_stack_t; // of STACK_TRACES
typedef s32 user_stack_t;   // of the process in the field of type pid_t
typedef u32 tcp_state_t;
typedef u32 capability_t;
typedef u32 syscall_t;
typedef u32 softirq_t;
typedef u32 exit_code_t;    // task->exit_code
typedef u32 io_flags_t;     // cmd_flags of a block request
typedef u32 open_flag_t;    // O_CREAT
typedef s32 open_mode_t;    // negative: the call made no file
