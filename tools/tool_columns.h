// What is said of a field of a row, key or value, and the types that choose how it is shown. A part of tool.h.
#pragma once
#pragma clang system_header

// Of a field of a row, key or value. A negative width: to the left. The field's type chooses how it is shown.
#define COLUMN(title, width) SONDE_NOTE("column", title, width)
// Also behind ROWS and TABLE. The options `pid` and `tid` are the frame's own -p and -t.
#define SHOWN_IF(option) SONDE_NOTE("if", #option)
#define SHOWN_UNLESS(option) SONDE_NOTE("unless", #option)
#define UNIT(unit) SONDE_NOTE("unit", unit)      // of a duration: "s", "ms", "us", "ns"; of bytes: "KB", "MB"
#define DIGITS(digits) SONDE_NOTE("digits", digits)  // behind the point
#define CUT(characters) SONDE_NOTE("cut", characters)
// Another width with an option; what is CUT is then cut there.
#define WIDTH_IF(option, width) SONDE_NOTE("width_if", #option, width)
#define PER_SECOND SONDE_NOTE("per_second")      // of a count in a table: divided by the interval
#define BEFORE(text) SONDE_NOTE("before", text)  // directly before what is shown, a part of its width
#define AFTER(text) SONDE_NOTE("after", text)    // directly behind it
// Computed when shown: COMPUTED(table, "HIT%", 7, 2, "100 * (reference - miss) / reference"). A name is a field, or
// meminfo_NAME for kilobytes of /proc/meminfo; "time" alone is the time of the report, and its column the first.
#define COMPUTED(table, title, width, digits, expression) SONDE_SAYS("computed", #table, title, width, digits, expression)

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
typedef u16 port_t;         // host's byte order
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
typedef struct {
  u32 family;  // AF_INET, AF_INET6
  u8 bytes[16];
} ip_t;
typedef struct {
  ip_t ip;
  port_t port;
} endpoint_t;
// An answer of a name server, of which dns_name_t learns, and an address at the time when it is used.
typedef struct {
  u64 at;
  u32 length;
  u8 bytes[512];
} dns_answer_t;
typedef struct {
  u64 at;
  ip_t ip;
} dns_name_t;
// Where a function of a process starts.
typedef struct {
  u64 address;
  pid_t pid;
} user_function_t;
// Text from the memory of a program, as long as it is: the last field of its row (new_string_row), of which only what
// is filled is sent. Text of up to 4095 bytes is whole; a path can be no longer.
#define SONDE_STRING 4096
enum sonde_text_state { SONDE_WHOLE, SONDE_CUT, SONDE_UNREAD };
typedef struct {
  u32 length;  // of the text
  u32 state;
  char bytes[SONDE_STRING];
} string_t;
// Several of them, each with a zero byte behind it: the last part of a row's last field (row_here, add_user_text,
// send_texts).
#define SONDE_TEXTS 16384
#define SONDE_TEXTS_MARKED 64
typedef struct {
  u32 length;  // of `bytes`, as far as there is something
  u32 count;
  u64 absent, unread, cut;  // a bit each: where there was NULL, what could not be read, what is not whole
  char bytes[SONDE_TEXTS + SONDE_STRING];
} texts_t;
// The file that is executed and a command's words, as enum words_of says.
typedef struct {
  u32 in_quotes;  // as text
  u32 at_most;    // words that are shown, the file among them
  u32 of;
  u32 is_cut;     // there were more words
  texts_t texts;
} arguments_t;
// OF_CALL: the file, then the call's words from argv[1] on. OF_PROCESS: the file, then the words of the new process
// from argv[0] on. OF_SCRIPT: likewise, but the kernel has put the interpreter and the file in the place of argv[0].
enum words_of { OF_CALL, OF_PROCESS, OF_SCRIPT };
// A path as a call had it, then the directories above it, innermost first.
typedef struct {
  u32 has_root;  // the directories are all that there are
  u32 unused;
  texts_t texts;
} joined_path_t;
typedef struct {
  u32 kind;  // enum mount_kind
  s32 result;
  u64 flags;
  s64 numbers[4];
  texts_t texts;
} mount_call_t;
enum mount_kind { MOUNT, UMOUNT, FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT, OPEN_TREE, MOUNT_SETATTR, FSPICK, PIVOT_ROOT };
typedef struct {
  u32 kind;    // enum shm_kind
  u32 flags;   // of shmctl(2): the command
  u64 id;      // key or shmid
  u64 number;  // size or address
} shm_call_t;
enum shm_kind { SHMGET, SHMAT, SHMDT, SHMCTL };
// Stacks that belong to one row and stand below it: bpf_get_stack().
#define SONDE_FRAMES 64
typedef struct {
  u64 at[SONDE_FRAMES];
} kernel_frames_t;
typedef struct {
  u64 at[SONDE_FRAMES];
  u64 pid;
} user_frames_t;
