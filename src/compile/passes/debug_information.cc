// Leaving out debug information that no loader reads.
#include "compile/passes/debug_information.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace sonde::compile {

void drop_variables(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      instruction.dropDbgRecords();
      if (llvm::isa<llvm::DbgVariableIntrinsic>(instruction)) instruction.eraseFromParent();
    }
  }
}

// There is no switch. But LLVM makes no DWARF for a module that asks for CodeView and no version of DWARF, and CodeView
// only for Windows.
void leave_out_dwarf(llvm::Module& module) {
  llvm::SmallVector<llvm::Module::ModuleFlagEntry> flags;
  module.getModuleFlagsMetadata(flags);
  if (auto* list = module.getModuleFlagsMetadata()) list->clearOperands();
  for (const auto& flag : flags) {
    if (flag.Key->getString() != "Dwarf Version") module.addModuleFlag(flag.Behavior, flag.Key->getString(), flag.Val);
  }
  module.addModuleFlag(llvm::Module::Warning, "CodeView", 1);
}

}  // namespace sonde::compile
