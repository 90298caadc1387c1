// What programs and those who show it read and write alike: plain structs, which src/tool includes as C++ in the
// namespace sonde::layout. A part of tool.h.
#pragma once
#ifdef __cplusplus
#include <sys/types.h>

#include <cstdint>

namespace sonde::layout {
using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using s32 = int32_t;
using u64 = uint64_t;
#else
#pragma clang system_header
#endif

#define SONDE_COMM 16  // TASK_COMM_LEN

// Set from -p, -t, -u, --comm, --cgroup and the like, before the program is loaded.
struct sonde_filter {
  u32 pid, tid;          // as the caller's PID namespace counts; 0: all
  u32 uid;
  u32 has_uid;
  u32 own_pid;           // of the tool, as the caller counts, which is left out; 0: nothing is
  u32 comm_length;       // 0: all
  char comm[SONDE_COMM];
  u64 cgroup;            // its id; 0: all
  u32 cgroup_level;
  u32 namespace_level;   // of the caller's PID namespace; 0: the first one
  u32 namespace_inode;
  bool has_cgroup_map, has_mount_namespace_map;
  bool follows;          // pid: and what it forks, and what that forks
};

#define SONDE_SLOTS 64
struct sonde_histogram {
  u64 slots[SONDE_SLOTS];
  u64 total;
  u64 count;
};

// In the number of a stack: the map of STACK_TRACES that has it, 0 for the first.
#define SONDE_STACK_MAP_AT 28

typedef u16 port_t;  // host's byte order
typedef struct {
  u32 family;  // AF_INET, AF_INET6
  u8 bytes[16];
} ip_t;
typedef struct {
  ip_t ip;
  port_t port;
} endpoint_t;
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
// Stacks that belong to one row and stand below it: bpf_get_stack().
#define SONDE_FRAMES 64
typedef struct {
  u64 at[SONDE_FRAMES];
} kernel_frames_t;
typedef struct {
  u64 at[SONDE_FRAMES];
  u64 pid;
} user_frames_t;

#ifdef __cplusplus
}  // namespace sonde::layout
#endif
