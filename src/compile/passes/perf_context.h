// The registers of a perf event's program.
#pragma once

#include <vector>

#include "compile/passes/entry_points.h"

namespace sonde::compile {

// The kernel hands out registers in whole words alone, and some are smaller in C: pt_regs.cs has 16 bits since x86
// knows FRED (Linux 6.9). Each read of a part becomes one of its word.
void read_whole_registers(const Entry& entry);

}  // namespace sonde::compile
