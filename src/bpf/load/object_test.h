// BPF objects for tests: libbpf-style C through clang, with the spec that sonde-cc would have put in.
#pragma once

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "base/directory_test.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/result.h"
#include "spec/spec.h"

namespace sonde::bpf {

inline constexpr int kWatchedArgument = 0x50de;

// The system call that test programs watch, with arguments that no one else gives.
inline void make_watched_calls(int count) {
  for (int i = 0; i < count; i++) ::syscall(SYS_getpriority, kWatchedArgument, i);
}

// What test programs open with: helpers, licence, and whether an event is one of make_watched_calls() of this process.
inline std::string test_prelude() {
  return fmt::format(R"(
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef unsigned int u32;
typedef unsigned long long u64;
char _license[] SEC("license") = "GPL";
struct sys_enter {{ u64 common; long id; unsigned long args[6]; }};
#define WATCHED(ctx) ((ctx)->args[0] == {} && bpf_get_current_pid_tgid() >> 32 == {})
)",
                     kWatchedArgument, ::getpid());
}

inline spec::Program test_program(const std::string& name, const std::string& kind = "",
                                  const std::string& target = "") {
  spec::Program program;
  program.name = program.symbol = name;
  program.hook = {hook_kind(kind), target};
  program.auto_attach = !kind.empty();
  return program;
}

// How many programs of that name the kernel holds, anyone's.
inline int programs_named(const char* name) {
  int count = 0;
  uint32_t id = 0;
  while (bpf_prog_get_next_id(id, &id) == 0) {
    base::Fd fd(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    uint32_t length = sizeof info;
    count += fd.valid() && bpf_obj_get_info_by_fd(fd.get(), &info, &length) == 0 && std::strcmp(info.name, name) == 0;
  }
  return count;
}

// Programs must be in sections "sonde/<function>". Takes clang-19, which building sonde takes too.
inline Result<std::string> compile_test_object(const std::string& source, const spec::Spec& spec) {
  base::TestDirectory directory;
  const std::string& base = directory.path();
  std::string embedded = fmt::format(
      "asm(\".pushsection .sonde.spec,\\\"\\\",@progbits\\n.incbin \\\"{}/spec\\\"\\n.popsection\");\n", base);
  RETURN_IF_ERROR(base::write_file_atomically(base + "/spec", spec::to_json(spec)));
  RETURN_IF_ERROR(base::write_file_atomically(base + "/test.c", test_prelude() + source + "\n" + embedded));
  std::string command = fmt::format(
      "clang-19 -target bpf -mcpu=v2 -g -O2 -I/usr/include/$(uname -m)-linux-gnu -c {0}/test.c -o {0}/test.o", base);
  int status = std::system(command.c_str());
  auto object = base::read_file(base + "/test.o");
  if (status != 0) return base::fail(ErrorKind::kCompile, "clang-19 did not compile the test's program");
  return object;
}

}  // namespace sonde::bpf
