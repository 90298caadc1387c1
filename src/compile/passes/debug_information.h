// How much of the debug information that clang gives is kept: BTF needs types, functions and lines.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// Takes out where variables are. Each inlining copies that, each pass carries it on, and only DWARF would have it.
void drop_variables(llvm::Module& module);

// LLVM makes BTF alone of what is left; DWARF, which finish_object() would only strip again, takes a third of the time
// of code generation.
void leave_out_dwarf(llvm::Module& module);

}  // namespace sonde::compile
