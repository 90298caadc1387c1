// What tells that code has come into the running kernel or gone.
#include "kernel/code_generation.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/file.h"

namespace sonde::kernel {
namespace {

uint64_t mixed(uint64_t hash, std::string_view text) {
  for (unsigned char letter : text) hash = (hash ^ letter) * 0x100000001b3u;
  return (hash ^ ' ') * 0x100000001b3u;
}

}  // namespace

// "nf_tables 376832 12 nft_compat, Live 0xffffffffc0a11000": uses in between come and go.
uint64_t module_stamp() {
  std::string text = base::read_file("/proc/modules").value_or("");
  uint64_t hash = text.empty() ? 0 : 0xcbf29ce484222325u;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    size_t address = line.find(" 0x");
    hash = mixed(hash, line.substr(0, line.find(' ')));
    if (address != line.npos) hash = mixed(hash, line.substr(address));
  }
  return hash;
}

uint32_t newest_bpf_program(uint32_t known) {
  constexpr int kMost = 1'000'000;
  for (int i = 0; i < kMost; i++) {
    bpf_attr attr{};
    attr.start_id = known;
    if (::syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof attr) != 0) break;
    known = attr.next_id;
  }
  return known;
}

}  // namespace sonde::kernel
