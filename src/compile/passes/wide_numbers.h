// Arithmetic on 128 bits, for which LLVM would call library functions.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// Multiplications (and __builtin_mul_overflow of 64 bits) and shifts become operations on 64 bits: `(unsigned
// __int128)a * b >> 64` scales a time exactly. Division stays, and is a mistake.
void lower_wide_numbers(llvm::Module& module);

}  // namespace sonde::compile
