// CO-RE queries whose answers nobody uses: bpf_core_type_size(struct task_struct) in a program whose result does not
// count.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// LLVM leaves their calls alone, as it does not know that they return, and dies of them in the BPF back end's passes,
// which expect a user. To be run right before the optimizer.
void drop_unused_queries(llvm::Module& module);

}  // namespace sonde::compile
