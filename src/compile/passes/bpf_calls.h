// Recognizing and making calls of BPF helpers in LLVM IR: a helper is a call through the constant address of its
// number.
#pragma once

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>
#include <llvm/IR/Operator.h>

namespace sonde::compile {

// The number of the helper that is called, 0 if it is none.
inline uint64_t helper_number(const llvm::CallBase& call) {
  const auto* address = llvm::dyn_cast<llvm::ConstantExpr>(call.getCalledOperand()->stripPointerCasts());
  if (!address || address->getOpcode() != llvm::Instruction::IntToPtr) return 0;
  const auto* number = llvm::dyn_cast<llvm::ConstantInt>(address->getOperand(0));
  return number ? number->getZExtValue() : 0;
}

// A step from a record or an array to a part of it, whose address is argument 0.
inline bool is_access(const llvm::CallBase& call) {
  auto id = call.getIntrinsicID();
  return id == llvm::Intrinsic::preserve_struct_access_index || id == llvm::Intrinsic::preserve_union_access_index ||
         id == llvm::Intrinsic::preserve_array_access_index;
}

inline llvm::CallInst* call_helper(llvm::IRBuilder<>& builder, uint64_t number,
                                   llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::SmallVector<llvm::Type*, 5> types;
  for (auto* argument : arguments) types.push_back(argument->getType());
  auto* type = llvm::FunctionType::get(builder.getInt64Ty(), types, false);
  auto* address = llvm::ConstantExpr::getIntToPtr(builder.getInt64(number), builder.getPtrTy());
  return builder.CreateCall(type, address, arguments);
}

inline constexpr uint64_t kProbeRead = 4;
inline constexpr uint64_t kTailCall = 12;
inline constexpr uint64_t kPerfEventOutput = 25;
inline constexpr uint64_t kGetStackId = 27;
inline constexpr uint64_t kProbeReadString = 45;
inline constexpr uint64_t kOverrideReturn = 58;
inline constexpr uint64_t kGetStack = 67;
inline constexpr uint64_t kProbeReadKernel = 113;
inline constexpr uint64_t kProbeReadKernelString = 115;
inline constexpr uint64_t kGetFunctionAddress = 173;
inline constexpr uint64_t kGetAttachCookie = 174;
inline constexpr uint64_t kGetFunctionArgument = 183;
inline constexpr uint64_t kGetFunctionReturn = 184;

}  // namespace sonde::compile
