// Loading one program under the type that a hook needs.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/load/loaded_object.h"

namespace sonde::bpf {

struct ProgramType {
  uint32_t type = 0;              // BPF_PROG_TYPE_*
  int expected_attach_type = -1;  // BPF_* or -1: none
  uint32_t btf_id = 0;            // of the function to attach to, for tracing and LSM programs
  int btf_fd = -1;                // of the module it is in; -1: the kernel

  friend bool operator==(const ProgramType&, const ProgramType&) = default;
};

struct VerifierOptions {
  unsigned log_level = 0;  // 1 or 2: its log is wanted even on success
  std::function<void(std::string_view)> log;
};

// `name` is the user's, for messages and (its prefix cut off) for the kernel.
Result<base::Fd> load_program(const LoadedObject& image, const Code& code, const std::string& name,
                              const ProgramType& type, const VerifierOptions& options);

// "vfs_read" for "kprobe__vfs_read", at most 15 characters: what ps-like tools for BPF programs show.
std::string kernel_name(std::string_view name);

}  // namespace sonde::bpf
