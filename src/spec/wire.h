// How a session and its compiler child talk: frames over a socket pair. A frame is {uint32 type, uint32 length} in host
// byte order and `length` bytes. The child asks for what it may not read itself, and ends with kEnd.
//
//   session -> child   kRequest       JSON: Request
//   child -> session   kAskTracepoint "category:event"  -> kAnswer: the text of its format file, empty if there is none
//   child -> session   kAskFile       path of an #include that the child may not open -> kAnswer: 'y' + bytes, or 'n'
//   child -> session   kAskUsdt       the program's name, a zero byte, "PATH:PROVIDER:NAME" of its section
//                                     -> kAnswer: 'y' + JSON of a Request with the preamble and the usdt that it needs,
//                                     or 'n' + why not
//   child -> session   kDependency    absolute path of something outside the request that the result depends on and
//                                     that the child looked at itself: a file that it read, one that it looked for and
//                                     did not find, or a directory (its list of names matters). No answer comes. What
//                                     was asked for with kAsk… needs none.
//   child -> session   kDiagnostics   text for standard error, as clang prints it (any number of frames)
//   child -> session   kOutput        text for standard output, asked for by `debug` (any number of frames)
//   child -> session   kObject        the object file
//   child -> session   kEnd           "ok" or "failed"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/message.h"
#include "sonde/result.h"

namespace sonde::spec {

enum class FrameType : uint32_t {
  kRequest = 1,
  kAskTracepoint,
  kAskFile,
  kAnswer,
  kDiagnostics,
  kOutput,
  kObject,
  kEnd,
  kDependency,
  kAskUsdt,
};
inline constexpr FrameType kLastFrameType = FrameType::kAskUsdt;

inline constexpr uint32_t kMaxFrame = base::kMaxMessage;

struct Frame {
  FrameType type = FrameType::kEnd;
  std::string body;
};

// What bpf_usdt_readarg() can read in one program: of the probes that are enabled for it, argument 1 first.
struct UsdtArgument {
  uint32_t size = 0;    // bytes
  std::string type;     // "int32_t"
  std::string why_not;  // it cannot be read, and why; else Request::preamble has the function _bpf_readarg_PROGRAM_N
};
struct UsdtProgram {
  std::string program;
  std::string probes;  // "app:start", for messages
  std::vector<UsdtArgument> arguments;
};

// What is to be compiled, and against what.
struct Request {
  std::string source;
  std::string file_name = "/virtual/main.c";
  std::string directory;  // searched for #include "…" first: the caller's, as an absolute path
  std::vector<std::string> cflags;
  std::string preamble;  // C text before the source, whose lines do not count
  std::vector<UsdtProgram> usdt;
  unsigned debug = 0;
  bool portable = false;  // emit CO-RE relocations
  // Compile kprobe programs for other hooks as well; portable objects always have all of them. Variants are
  // tracepoints of system calls, trampolines are fentry and fexit; the former need not be equal to the kprobe.
  bool with_variants = false;
  bool with_trampolines = false;
  std::string btf_path;  // empty: /sys/kernel/btf/vmlinux and its modules
  std::string release;   // uname -r of the target
  uint32_t online_cpus = 1;
};

std::string to_json(const Request& request);
Result<Request> request_from_json(std::string_view text);

Status send_frame(int socket, FrameType type, std::string_view body);
// kTimeout when nothing whole came within timeout_ms (negative: no limit); kNotFound when the peer has closed.
Result<Frame> receive_frame(int socket, int timeout_ms);

}  // namespace sonde::spec
