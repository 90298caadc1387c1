#include "compile/passes/atomics.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace sonde::compile {
namespace {

using llvm::AtomicOrdering;
using llvm::IRBuilder;

class FunctionAtomics {
 public:
  explicit FunctionAtomics(llvm::Function& function) : function_(function) {}

  void lower() {
    for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function_))) {
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) lower_load(*load);
      else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) lower_store(*store);
      else if (auto* fence = llvm::dyn_cast<llvm::FenceInst>(&instruction)) lower_fence(*fence);
    }
  }

 private:
  void lower_load(llvm::LoadInst& load) {
    if (!load.isAtomic() || !fits(load.getType())) return;
    AtomicOrdering order = load.getOrdering();
    load.setAtomic(AtomicOrdering::NotAtomic);
    load.setVolatile(true);
    if (order == AtomicOrdering::SequentiallyConsistent) add_fence(&load);
    if (llvm::isAcquireOrStronger(order)) add_fence(load.getNextNode());
  }

  void lower_store(llvm::StoreInst& store) {
    if (!store.isAtomic() || !fits(store.getValueOperand()->getType())) return;
    AtomicOrdering order = store.getOrdering();
    store.setAtomic(AtomicOrdering::NotAtomic);
    store.setVolatile(true);
    if (llvm::isReleaseOrStronger(order)) add_fence(&store);
    if (order == AtomicOrdering::SequentiallyConsistent) add_fence(store.getNextNode());
  }

  void lower_fence(llvm::FenceInst& fence) {
    if (fence.getSyncScopeID() != llvm::SyncScope::SingleThread) add_fence(&fence);
    fence.eraseFromParent();
  }

  bool fits(llvm::Type* type) const { return function_.getParent()->getDataLayout().getTypeStoreSize(type) <= 8; }

  void add_fence(llvm::Instruction* before) {
    if (!word_) {
      auto& entry = function_.getEntryBlock();
      IRBuilder<> first(&entry, entry.begin());
      word_ = first.CreateAlloca(first.getInt64Ty());
      first.SetInsertPoint(word_->getNextNode());
      first.CreateStore(first.getInt64(0), word_, /*isVolatile=*/true);
    }
    IRBuilder<> builder(before);
    auto* old = builder.CreateAtomicRMW(llvm::AtomicRMWInst::Xchg, word_, builder.getInt64(0), llvm::Align(8),
                                        AtomicOrdering::SequentiallyConsistent);
    // Without a user it would become the form that returns nothing and orders nothing.
    auto* type = llvm::FunctionType::get(builder.getVoidTy(), {builder.getInt64Ty()}, false);
    builder.CreateCall(type, llvm::InlineAsm::get(type, "", "r,~{memory}", true), {old});
  }

  llvm::Function& function_;
  llvm::AllocaInst* word_ = nullptr;
};

}  // namespace

void lower_atomics(llvm::Module& module) {
  for (auto& function : module) {
    if (!function.isDeclaration()) FunctionAtomics(function).lower();
  }
}

}  // namespace sonde::compile
