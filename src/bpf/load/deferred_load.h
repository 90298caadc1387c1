// The trick that parts making maps from choosing program types: libbpf opens the object, makes its maps and relocates its
// instructions, and then, where it would load a program, loads two harmless instructions in its stead. What a program
// is to be (a kprobe, a tracepoint, fentry) is only known when a driver attaches it, as in BCC; the instructions are kept
// until then.
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

bool register_hollow_sections();

// While it lives, programs that this thread loads through libbpf are collected in `codes` and hollowed out.
class Hollowing {
 public:
  explicit Hollowing(std::vector<Code>& codes);
  ~Hollowing();
  Hollowing(const Hollowing&) = delete;
  Hollowing& operator=(const Hollowing&) = delete;
};

}  // namespace sonde::bpf
