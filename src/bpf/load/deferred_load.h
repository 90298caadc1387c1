// Lets libbpf create an object's maps and relocate its code without loading the programs: each is replaced by a stub of
// two instructions, and the code is kept until its program's type is known. As in BCC, a program becomes a kprobe, a
// tracepoint or an fentry program only when a driver attaches it.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sonde::bpf {

// One program as libbpf would have given it to the kernel, its type apart.
struct Code {
  std::string symbol;
  std::vector<bpf_insn> instructions;
  std::string func_info, line_info;  // records of .BTF.ext, relocated to this program
  uint32_t func_info_count = 0, func_info_size = 0;
  uint32_t line_info_count = 0, line_info_size = 0;
  uint32_t kernel_version = 0;
  int btf_fd = 0;  // belongs to the object
};

inline constexpr const char* kSectionPrefix = "sonde/";

bool register_deferred_sections();

// While it lives, programs that this thread loads through libbpf are collected in `codes` and replaced by stubs.
class DeferredLoad {
 public:
  explicit DeferredLoad(std::vector<Code>& codes);
  ~DeferredLoad();
  DeferredLoad(const DeferredLoad&) = delete;
  DeferredLoad& operator=(const DeferredLoad&) = delete;
};

}  // namespace sonde::bpf
