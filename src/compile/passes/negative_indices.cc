// Elements before the one that a pointer points to: LLVM would relocate p[-1] to p[0x1fffffff].
#include "compile/passes/negative_indices.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

namespace sonde::compile {
namespace {

int32_t index_of(const llvm::CallBase& access) {
  return static_cast<int32_t>(llvm::cast<llvm::ConstantInt>(access.getArgOperand(2))->getSExtValue());
}

void lower(llvm::CallBase& access) {
  llvm::IRBuilder<> builder(&access);
  auto dimension = llvm::cast<llvm::ConstantInt>(access.getArgOperand(1))->getZExtValue();
  llvm::SmallVector<llvm::Value*, 2> indices(dimension, builder.getInt64(0));
  indices.push_back(builder.getInt64(static_cast<uint64_t>(int64_t{index_of(access)})));
  access.replaceAllUsesWith(builder.CreateGEP(access.getParamElementType(0), access.getArgOperand(0), indices));
  access.eraseFromParent();
}

}  // namespace

void lower_negative_indices(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      bool is_element = call && call->getIntrinsicID() == llvm::Intrinsic::preserve_array_access_index;
      if (is_element && index_of(*call) < 0) lower(*call);
    }
  }
}

}  // namespace sonde::compile
