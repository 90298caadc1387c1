// Blocks of memory that are too large to be filled or copied in place.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// LLVM expands a memset or memcpy of up to 1 KB and calls a library for a larger one; BPF has none. A larger one, of a
// map's value for instance, becomes a loop. After reads of kernel memory, which copy blocks of any size by themselves.
void loop_over_large_blocks(llvm::Module& module);

}  // namespace sonde::compile
