// The same program gives the same object, byte for byte.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// The BPF back end replaces accesses to fields in the order of their addresses in memory, which differ from run to run.
// So do the order of the globals that it makes, the numbers of its passthrough calls, and the order of each value's
// uses, which later passes go by. This orders all of them by where they are in the code. Right after the back end's
// early passes.
void restore_order(llvm::Module& module);

}  // namespace sonde::compile
