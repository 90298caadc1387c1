// Turns reads of memory that a BPF program may not touch into calls of bpf_probe_read.
//
// Replaces BCC's rewriting of `->` in the source text. A load stays when its address is provably BPF memory: a stack
// slot, a global, the context, a map value, a reservation, and whatever is computed from these. Every other load is of
// kernel (or user) memory and becomes a probe read into a stack slot: reading BPF memory that way, where the proof
// failed, is slower but never wrong. bpf_probe_read, not bpf_probe_read_kernel: it reads user memory too, and BCC
// programs follow user pointers (uprobes' arguments, strings of system calls) with the same arrows.
//
// Runs after inlining and SROA, so that most addresses are plain to see, and before the BPF back end replaces
// preserve_access_index calls, so that the helper's address argument is what gets relocated.
#pragma once

#include <llvm/IR/Module.h>

#include <vector>

#include "compile/passes/entry_points.h"

namespace sonde::compile {

void insert_kernel_reads(llvm::Module& module, const std::vector<Entry>& entries);

}  // namespace sonde::compile
