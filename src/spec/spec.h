// What a compiled program is: its maps, types, programs and the hooks they want. Plain data, made by `compile`, carried
// inside the object file in the section `.sonde.spec` as JSON, read by everything that loads or shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sonde/hook.h"
#include "sonde/result.h"

namespace sonde::spec {

inline constexpr const char* kSectionName = ".sonde.spec";
inline constexpr int kVersion = 2;
// A map of the object that no spec lists: it counts what the map NAME could not take (two u64 per CPU: collisions,
// full).
inline constexpr std::string_view kLostPrefix = "__sonde_lost_";

enum class TypeKind { kVoid, kInt, kBool, kChar, kFloat, kEnum, kPointer, kArray, kStruct, kUnion };

using TypeId = uint32_t;  // index into Spec::types

// What a declaration says of itself to those who show it: annotate("sonde.column", "PID", -6) is {"column", {"PID",
// "-6"}}.
struct Annotation {
  std::string kind;
  std::vector<std::string> words;
  bool operator==(const Annotation&) const = default;
};

struct Field {
  std::string name;  // empty for an anonymous struct or union
  TypeId type = 0;
  uint32_t offset_bits = 0;  // from the start of the record
  uint32_t bits = 0;         // width of a bit-field, 0 for an ordinary field
  std::vector<Annotation> annotations;
};

struct Enumerator {
  std::string name;
  int64_t value = 0;
};

struct Type {
  TypeKind kind = TypeKind::kVoid;
  std::string name;      // builtin's spelling ("unsigned int"), tag of a record or enum (empty if anonymous)
  std::string spelling;  // as the user wrote it where that differs: the typedef's name ("u32", "pid_t")
  uint32_t size = 0;     // bytes
  bool is_signed = false;
  TypeId element = 0;  // of an array; what a pointer points to is not described (0)
  uint32_t count = 0;  // elements of an array (the outermost dimension; the element type is the inner array)
  std::vector<Field> fields;
  std::vector<Enumerator> enumerators;
};

struct Map {
  std::string name;
  std::string kind;   // the dialect's word: hash, histogram, perf_output, ringbuf, stacktrace, …; empty for plain .maps
  uint32_t type = 0;  // BPF_MAP_TYPE_*
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint32_t max_entries = 0;
  uint32_t flags = 0;
  std::optional<TypeId> key;
  std::optional<TypeId> value;
  std::optional<TypeId> event;  // of perf and ring buffers: the struct last submitted
  std::string inner;            // of a map of maps: the name of the map whose shape its elements have
  std::string pin_path;         // where it is taken from if it is there, and pinned if it is not
  std::string scope;  // published to other objects of the process: "public" to all, "shared" to those of its namespace
};
// `kind` of a map that another object of the process publishes under this name: its type and entries are that one's.
inline constexpr std::string_view kExternKind = "extern";
// An int among the object's constants: the BPF_MAP_TYPE_* of the published map NAME, as far as the program asks for it.
inline constexpr std::string_view kExternTypePrefix = "__sonde_extern_type_";

// Where a program wants to run; kNone: nothing is said, so the driver attaches it.
struct Hook {
  HookKind kind = HookKind::kNone;
  // "vfs_read", "sched:sched_switch", "vmlinux:tcp_connect", "libc:malloc"; of kUnknown "KIND:TARGET".
  std::string target;
};

inline constexpr std::string_view kSyscallEnter = "syscall_enter", kSyscallExit = "syscall_exit";

// The same program compiled for another kind of context, for kernels that lack the hook that was asked for.
struct Variant {
  std::string kind;     // kSyscallEnter, kSyscallExit, or the name of fentry or fexit
  std::string symbol;   // the ELF symbol of the variant; empty: there is none, and `differs` says why
  std::string differs;  // why it is not in all things what a kprobe would be; empty: it is
  // Of fentry: how many bits of each of the function's arguments it uses. Of fexit: whether it uses the return value.
  std::vector<uint32_t> argument_bits;
  bool reads_result = false;
};

struct Program {
  std::string name;    // as the user spelled the function
  std::string symbol;  // ELF symbol; section is "sonde/" + symbol
  Hook hook;
  bool auto_attach = false;  // the name or section says where it goes
  uint32_t line = 0;         // of the definition in the user's file
  std::vector<Variant> variants;
};

// A tracepoint whose arguments the program reads, as they were when it was compiled: checked again at load.
struct TracepointField {
  std::string name;
  uint32_t offset = 0;
  uint32_t size = 0;
};
struct Tracepoint {
  std::string category;
  std::string event;
  std::vector<TracepointField> fields;  // only those that the program uses
};

// A variable or function with annotations, in order of declaration. Maps and programs with annotations are among them,
// by their names.
struct Declaration {
  std::string name;
  TypeId type = 0;  // of a variable
  std::vector<Annotation> annotations;
};

struct Spec {
  std::string source_name;  // "/virtual/main.c", or the file
  std::string made_by;      // the version of sonde that compiled it; empty: of one that did not say so
  std::string license = "GPL";
  std::string target;             // kernel release it was compiled against
  bool portable = false;          // true: kernel accesses are CO-RE relocated (built ahead of time)
  std::vector<Type> types;        // types[0] is void
  std::vector<Map> maps;          // in order of declaration
  std::vector<Program> programs;  // sorted by name
  std::vector<Tracepoint> tracepoints;
  std::vector<Declaration> declarations;
};

std::string to_json(const Spec& spec);
Result<Spec> from_json(std::string_view text);

}  // namespace sonde::spec
