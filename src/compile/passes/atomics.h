// Atomic loads, stores and fences, for which BPF's instructions have no form of their own.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// A load or store of 1, 2, 4 or 8 bytes is atomic as it is; where C asks for more than that, a fence stands beside it.
// A fence is an atomic exchange with a word of the stack that is looked at: the kernel gives atomic operations that
// return a value the order of smp_mb() (Linux 5.12). After all optimizations, which know atomic instructions and not
// what they become.
//
//     __atomic_load_n(p, __ATOMIC_ACQUIRE)    ->    v = *(volatile u64 *)p; fence
//     __sync_lock_release(p)                  ->    fence; *(volatile u32 *)p = 0
//     __atomic_signal_fence(…)                ->    nothing: it was for the optimizer
void lower_atomics(llvm::Module& module);

}  // namespace sonde::compile
