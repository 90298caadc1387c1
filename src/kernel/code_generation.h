// A number that changes when code was loaded into the running kernel or unloaded. It costs microseconds to read, and
// saves reading kallsyms again.
#pragma once

#include <cstdint>

namespace sonde::kernel {

// Of /proc/modules: names and addresses, not how often each is used. 0 when there are no modules.
uint64_t module_stamp();

// The highest id of a BPF program so far, looked for from `known` on. Ids only grow. `known` when this user may not
// ask.
uint32_t newest_bpf_program(uint32_t known = 0);

}  // namespace sonde::kernel
