// Reads of what a probe's context holds, as values that do not say where they lie.
//
// The same program is made for several kinds of context (variants.h), which keep a function's arguments and its result
// in different places. It is optimized once, though: until then a read is a call of a function that exists nowhere and
// has no effects,
//
//     %word = call i64 @sonde.parameter.1(ptr %ctx)        the user's second parameter after the context
//     %word = call i64 @sonde.register.80.i64(ptr %ctx)    struct pt_regs at offset 80
//
// which LLVM merges, moves and drops as it does an addition. The number is part of the name: of two calls of one
// function LLVM may make a single one whose argument is computed.
#pragma once

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>

#include <optional>
#include <string>

#include "compile/front_end/program.h"

namespace sonde::compile {

struct RegisterRead {
  llvm::CallInst* call = nullptr;
  std::optional<unsigned> parameter;
  uint64_t offset = 0;  // in struct pt_regs, of a register that holds no parameter
};

llvm::Value* make_parameter_read(llvm::IRBuilder<>& builder, llvm::Value* context, unsigned index);
llvm::Value* make_register_read(llvm::IRBuilder<>& builder, llvm::Value* context, uint64_t offset, llvm::Type* type);

// nullopt if the value is not a call of one of these markers.
std::optional<RegisterRead> register_read(llvm::Value& value);
llvm::SmallVector<RegisterRead> register_reads(llvm::Function& program);

// Makes instructions of the calls, for the context that this kind of variant has. The kind of the program itself is "".
void lower_register_reads(llvm::Function& program, const ProgramShape& shape, const std::string& kind);

// A word as a value of another type.
llvm::Value* converted(llvm::IRBuilder<>& builder, llvm::Value* word, llvm::Type* type);

}  // namespace sonde::compile
