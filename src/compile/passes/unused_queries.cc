#include "compile/passes/unused_queries.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

namespace sonde::compile {
namespace {

bool is_query(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
  switch (call ? call->getIntrinsicID() : llvm::Intrinsic::not_intrinsic) {
    case llvm::Intrinsic::bpf_btf_type_id:
    case llvm::Intrinsic::bpf_preserve_enum_value:
    case llvm::Intrinsic::bpf_preserve_field_info:
    case llvm::Intrinsic::bpf_preserve_type_info: return true;
    default: return false;
  }
}

}  // namespace

void drop_unused_queries(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      if (is_query(instruction) && instruction.use_empty()) instruction.eraseFromParent();
    }
  }
}

}  // namespace sonde::compile
