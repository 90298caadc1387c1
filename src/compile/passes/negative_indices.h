// Pointers to elements before the one that a pointer points to (p[-1]), in objects for any kernel.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// A relocation counts elements from 0 upwards: `p[-1]` becomes plain arithmetic, with the size that the element has
// here.
void lower_negative_indices(llvm::Module& module);

}  // namespace sonde::compile
