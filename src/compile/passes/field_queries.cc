#include "compile/passes/field_queries.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

namespace sonde::compile {
namespace {

bool is_step(const llvm::IntrinsicInst& call) {
  switch (call.getIntrinsicID()) {
    case llvm::Intrinsic::preserve_array_access_index:
    case llvm::Intrinsic::preserve_struct_access_index:
    case llvm::Intrinsic::preserve_union_access_index: return true;
    default: return false;
  }
}

// Calls with other attributes are other expressions; "convergent" are not merged with those of other basic blocks in
// any case.
void mark_path(llvm::Value* address) {
  while (auto* step = llvm::dyn_cast<llvm::IntrinsicInst>(address)) {
    if (!is_step(*step)) return;
    step->setConvergent();
    address = step->getArgOperand(0);
  }
}

}  // namespace

void keep_queries_apart(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::instructions(function)) {
      auto* query = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (query && query->getIntrinsicID() == llvm::Intrinsic::bpf_preserve_field_info)
        mark_path(query->getArgOperand(0));
    }
  }
}

}  // namespace sonde::compile
