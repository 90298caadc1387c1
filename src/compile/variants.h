// The same program for another kind of context: a kprobe's registers read out of a trampoline's arguments, or out of the
// record of a system call's tracepoint.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <string>
#include <vector>

#include "compile/entry_points.h"

namespace sonde::compile {

// A tracepoint of a system call: 16 bytes of header and number, then the arguments, or the return value.
inline constexpr uint32_t kSyscallTracepointData = 16;

llvm::Value* load_word(llvm::IRBuilder<>& builder, llvm::Value* base, uint32_t offset);
llvm::Value* converted(llvm::IRBuilder<>& builder, llvm::Value* word, llvm::Type* type);

// What stands for the context inside a variant until inlining shows what it is used for.
llvm::Value* foreign_context(llvm::IRBuilder<>& builder, llvm::Value* context);

// Which other contexts could feed this program. A kprobe's own hook decides; one that a driver attaches may be any.
std::vector<std::string> possible_variants(const ProgramShape& shape, const llvm::Function& body, VariantsWanted wanted);

// After inlining: a variant lives on if its body uses the context only for what the variant can supply. Else its function
// is removed, and Entry::found says why there is none. Where only trampolines are wanted they must be equal to the kprobe.
void settle_variants(std::vector<Entry>& entries, VariantsWanted wanted);

// A variant with the program's own code is the program: no code of its own is made, and Entry::found names the program's.
void share_equal(std::vector<Entry>& entries);

}  // namespace sonde::compile
