// Fills and copies large blocks of memory word by word, in loops.
#include "compile/passes/large_blocks.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

constexpr uint64_t kExpandedInPlace = 1024;
constexpr uint64_t kWord = 8;

uint64_t constant_size(const llvm::MemIntrinsic& block) {
  const auto* size = llvm::dyn_cast<llvm::ConstantInt>(block.getLength());
  return size ? size->getZExtValue() : 0;
}

// A number that the optimizer knows nothing of: it would otherwise count with pointers, whose end the verifier cannot
// see.
Value* hidden(IRBuilder<>& builder, Value* number) {
  auto* type = llvm::FunctionType::get(number->getType(), {number->getType()}, false);
  return builder.CreateCall(type, llvm::InlineAsm::get(type, "", "=r,0", false), {number});
}

Value* place(IRBuilder<>& builder, Value* base, Value* word) {
  return builder.CreateGEP(builder.getInt64Ty(), base, word);
}

// What is written at one word: the same byte eight times, or the word of the other block.
Value* word_of(IRBuilder<>& builder, llvm::MemIntrinsic& block, Value* index) {
  if (auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(&block)) {
    return builder.CreateAlignedLoad(builder.getInt64Ty(), place(builder, copy->getRawSource(), index),
                                     copy->getSourceAlign());
  }
  auto* byte = llvm::cast<llvm::MemSetInst>(block).getValue();
  return builder.CreateMul(builder.CreateZExt(byte, builder.getInt64Ty()), builder.getInt64(0x0101010101010101));
}

void make_loop(llvm::MemIntrinsic& block, uint64_t words) {
  auto* before = block.getParent();
  auto* after = llvm::SplitBlock(before, &block);
  auto* loop = llvm::BasicBlock::Create(block.getContext(), "", block.getFunction(), after);
  before->getTerminator()->setSuccessor(0, loop);
  IRBuilder<> builder(loop);
  builder.SetCurrentDebugLocation(block.getDebugLoc());
  auto* counter = builder.CreatePHI(builder.getInt64Ty(), 2);
  Value* index = hidden(builder, counter);
  builder.CreateAlignedStore(word_of(builder, block, index), place(builder, block.getRawDest(), index),
                             block.getDestAlign());
  Value* next = builder.CreateAdd(index, builder.getInt64(1));
  builder.CreateCondBr(builder.CreateICmpULT(next, builder.getInt64(words)), loop, after);
  counter->addIncoming(builder.getInt64(0), before);
  counter->addIncoming(next, loop);
}

void finish_rest(llvm::MemIntrinsic& block, uint64_t from, uint64_t size) {
  IRBuilder<> builder(&block);
  auto at = [&](Value* base) { return builder.CreateConstGEP1_64(builder.getInt8Ty(), base, from); };
  if (auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(&block)) {
    builder.CreateMemCpy(at(copy->getRawDest()), llvm::MaybeAlign(1), at(copy->getRawSource()), llvm::MaybeAlign(1),
                         size);
  } else {
    builder.CreateMemSet(at(block.getRawDest()), llvm::cast<llvm::MemSetInst>(block).getValue(), size,
                         llvm::MaybeAlign(1));
  }
}

void replace(llvm::MemIntrinsic& block) {
  uint64_t size = constant_size(block);
  make_loop(block, size / kWord);
  if (size % kWord) finish_rest(block, size / kWord * kWord, size % kWord);
  block.eraseFromParent();
}

}  // namespace

void loop_over_large_blocks(llvm::Module& module) {
  llvm::SmallVector<llvm::MemIntrinsic*> blocks;
  for (auto& function : module) {
    for (auto& instruction : llvm::instructions(function)) {
      auto* block = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction);
      bool may_overlap = llvm::isa<llvm::MemMoveInst>(instruction);
      if (block && !may_overlap && constant_size(*block) > kExpandedInPlace) blocks.push_back(block);
    }
  }
  for (auto* block : blocks) replace(*block);
}

}  // namespace sonde::compile
