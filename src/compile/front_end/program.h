// What the front end knows of a program and the passes over its LLVM IR need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spec/spec.h"

namespace sonde::compile {

// What the context pointer points to; decides where parameters come from and which memory may be read directly.
enum class ContextKind {
  kRegisters,   // struct pt_regs: kprobes, uprobes
  kTracepoint,  // the event's record
  kArguments,   // u64 args[]; the pointers in it are scalars: raw tracepoints
  kTyped,       // u64 args[] that the verifier knows the BTF types of: fentry, fexit, fmod_ret, lsm, iterators
  kNetworking,  // packets and sockets: direct access is checked by the verifier, nothing is rewritten
  kPerfEvent,   // struct bpf_perf_event_data
  kOther,       // records that are read directly
};

struct ProgramShape {
  std::string name;
  spec::Hook hook;
  bool auto_attach = false;
  ContextKind context = ContextKind::kRegisters;
  uint32_t line = 0;
  bool reads_syscall_registers = false;  // parameters are the system call's, behind the wrapper's pt_regs
};

}  // namespace sonde::compile
