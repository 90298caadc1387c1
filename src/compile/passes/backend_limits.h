// What C has and BPF has no instruction for.
#pragma once

#include <llvm/IR/Module.h>

#include "compile/passes/ir_checks.h"

namespace sonde::compile {

// Whether there are no computed jumps. Before optimizations, which forget where in the text they were.
bool check_jumps(llvm::Module& module, const Complain& complain);

// Whether there are none: mistakes that LLVM's code generator would answer with an abort, or without a word, though the
// kernel refuses the program. The last check before code is generated.
bool check_instructions(llvm::Module& module, const Complain& complain);

}  // namespace sonde::compile
