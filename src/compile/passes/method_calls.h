// Map methods that C cannot express alone.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// Replaces calls through a map's method table by calls of the functions in it, and among these:
//   increment(key), increment(key, n)   -> the map's add function, with n = 1 where it was left out
//   lookup_or_init(key, init)           -> look-up and insertion, and `return 0` from the calling function if both
//                                          failed
// Runs first, while every function is still as the user wrote it: the return must leave the user's function, not the
// one that it will be inlined into.
void resolve_method_calls(llvm::Module& module);

// sonde_context(), called wherever it was before everything was inlined into the program, is the program's context.
void resolve_contexts(llvm::Function& program);

}  // namespace sonde::compile
