// Local variables: every byte has a value, whoever gets to see it.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// C leaves a local variable's bytes as they are until the program writes them, and padding for good. In BPF they reach
// other places: as a part of a map's key, where padding makes one key many, or as the old content of the kernel's stack
// in an event. So each local variable, temporary and returned struct is zero wherever its life begins. Before functions
// are inlined, while that is the start of a function or of a scope, and before SROA, which forgets padding.
//
//     struct key k;               memset(&k, 0, 24);
//     k.kind = 1;          ->     k.kind = 1;
void zero_local_memory(llvm::Module& module);

// Takes back what is written or never read in any case: of a memset of a local variable only those words stay that hold
// a byte which somebody may see. When all is inlined and reads of kernel memory are calls, whose buffers are filled by
// the helper.
//
//     memset(&k, 0, 24);          *(u64 *)&k = 0;
//     k.kind = 1; k.id = 7  ->    k.kind = 1; k.id = 7;
void trim_zeros(llvm::Module& module);

// Keeps a number in a register although its address was handed out, if only helpers got it that read it: what is loaded
// from the variable is what was stored last. So the verifier and the optimizer see a loop's bound, and an index that
// was compared.
void forward_handed_out_numbers(llvm::Module& module);

}  // namespace sonde::compile
