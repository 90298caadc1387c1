// Mistakes of the program that only LLVM IR shows: writes to kernel memory, calls of what is defined nowhere, tables of
// pointers.
#pragma once

#include <llvm/IR/Instruction.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <string>
#include <vector>

#include "compile/passes/entry_points.h"

namespace sonde::compile {

using Complain = std::function<void(const std::string& text, unsigned line, unsigned column)>;

// The place in the main file that led to an instruction: what it was inlined from may lie in a header.
void complain_at(const llvm::Instruction& instruction, const std::string& text, const Complain& complain);

// Before reads of kernel memory have become calls, as these hide where a pointer came from.
void check_kernel_writes(llvm::Module& module, const std::vector<Entry>& entries, const Complain& complain);

// When everything that will be inlined is.
void check_undefined(llvm::Module& module, const Complain& complain);

// Tables of pointers that are read with an index known only when running: the kernel puts no addresses into a program's
// data, and all of them would be NULL.
void check_addresses_in_data(llvm::Module& module, const Complain& complain);

}  // namespace sonde::compile
