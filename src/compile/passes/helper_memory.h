// What BPF helpers do with the memory whose addresses they are given.
#pragma once

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>

#include <optional>

namespace sonde::compile {

// Whether the helper that is called only reads through this argument, and keeps no copy of the address.
bool only_reads(const llvm::CallBase& call, unsigned argument);

// Whether it only writes through it. What is not written keeps its value.
bool only_writes(const llvm::CallBase& call, unsigned argument);

// How many bytes it certainly writes there, also when it fails: the kernel fills these buffers with zeros then. Nothing
// if that depends on what is read, or is not known when compiling.
std::optional<uint64_t> bytes_filled(const llvm::CallBase& call, unsigned argument);

// Tells LLVM the above. A call through a constant address could do anything to memory otherwise, so that a loop's
// counter whose address is a map's key would be read back after each call, and nobody would know its bound.
void describe_helper_calls(llvm::Module& module);

}  // namespace sonde::compile
