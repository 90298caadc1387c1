#include "compile/passes/stable_order.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

namespace sonde::compile {
namespace {

using llvm::Value;

class Order {
 public:
  explicit Order(llvm::Module& module) : module_(module) {}

  void restore() {
    for (auto& function : module_) {
      for (auto& instruction : llvm::instructions(function)) visit(instruction);
    }
    for (auto* global : relocated_) {
      global->removeFromParent();
      module_.insertGlobalVariable(global);
    }
    for (auto& function : module_) {
      for (auto& argument : function.args()) sort_uses(argument);
      for (auto& block : function) sort_uses(block);
      for (auto& instruction : llvm::instructions(function)) sort_uses(instruction);
    }
    for (auto* global : relocated_) sort_uses(*global);
  }

 private:
  void visit(llvm::Instruction& instruction) {
    places_[&instruction] = places_.size();
    for (auto& operand : instruction.operands()) {
      auto* global = llvm::dyn_cast<llvm::GlobalVariable>(operand);
      if (global && global->hasMetadata(llvm::LLVMContext::MD_preserve_access_index)) relocated_.insert(global);
    }
    auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (!call || call->getIntrinsicID() != llvm::Intrinsic::bpf_passthrough) return;
    call->setArgOperand(0, llvm::ConstantInt::get(call->getArgOperand(0)->getType(), passthroughs_++));
  }

  void sort_uses(Value& value) {
    if (value.use_empty() || value.hasOneUse()) return;
    value.sortUseList([&](const llvm::Use& a, const llvm::Use& b) {
      auto place = [&](const llvm::Use& use) { return std::pair(places_.lookup(use.getUser()), use.getOperandNo()); };
      return place(a) < place(b);
    });
  }

  llvm::Module& module_;
  llvm::DenseMap<const Value*, size_t> places_;
  llvm::SmallSetVector<llvm::GlobalVariable*, 32> relocated_;
  uint32_t passthroughs_ = 0;
};

}  // namespace

void restore_order(llvm::Module& module) { Order(module).restore(); }

}  // namespace sonde::compile
