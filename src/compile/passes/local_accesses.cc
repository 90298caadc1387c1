#include "compile/passes/local_accesses.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Operator.h>

#include <algorithm>

#include "compile/passes/bpf_calls.h"
#include "compile/passes/helper_memory.h"

namespace sonde::compile {
namespace {

using llvm::BitVector;
using llvm::Instruction;
using llvm::Value;

constexpr uint64_t kLargest = 4096;  // more than a stack has
constexpr uint64_t kWord = 8;

uint64_t length_of(const llvm::MemIntrinsic& block) {
  const auto* length = llvm::dyn_cast<llvm::ConstantInt>(block.getLength());
  return length ? length->getZExtValue() : 0;
}

}  // namespace

LocalAccesses::LocalAccesses(llvm::AllocaInst& variable) : variable_(variable) {
  const auto& layout = variable.getModule()->getDataLayout();
  auto size = variable.getAllocationSize(layout);
  if (size && !size->isScalable() && size->getFixedValue() <= kLargest) size_ = size->getFixedValue();
}

void LocalAccesses::trim_fills() {
  bool is_filled = llvm::any_of(variable_.users(),
                                [](auto* user) { return llvm::isa<llvm::MemSetInst, llvm::GetElementPtrInst>(user); });
  if (!size_ || !is_filled) return;
  follow(variable_, 0);
  if (fills_.empty()) return;
  find_live();
  for (auto& [fill, place] : fills_) {
    if (!escaped_ || fill->hasMetadata(kFresh)) trim(*fill, place);
  }
}

LocalAccesses::Access& LocalAccesses::access(Instruction& by) {
  auto& found = accesses_[&by];
  found.reads.resize(size_);
  found.writes.resize(size_);
  return found;
}

void LocalAccesses::reads(Instruction& by, std::optional<uint64_t> offset, uint64_t size) {
  if (!offset || *offset + size > size_) access(by).reads.set();
  else if (size) access(by).reads.set(*offset, *offset + size);
}

void LocalAccesses::writes(Instruction& by, std::optional<uint64_t> offset, uint64_t size) {
  if (offset && size && *offset + size <= size_) access(by).writes.set(*offset, *offset + size);
}

// From here on anybody may read it.
void LocalAccesses::escapes(Instruction& by) {
  access(by).reads.set();
  escaped_ = true;
}

void LocalAccesses::follow(Value& pointer, std::optional<uint64_t> offset) {
  for (auto& use : pointer.uses()) follow_use(use, offset);
}

void LocalAccesses::follow_use(llvm::Use& use, std::optional<uint64_t> offset) {
  auto& user = *llvm::cast<Instruction>(use.getUser());
  const auto& layout = user.getModule()->getDataLayout();
  if (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(&user)) {
    llvm::APInt delta(64, 0);
    bool is_known = offset && gep->accumulateConstantOffset(layout, delta);
    follow(*gep, is_known ? std::optional(*offset + delta.getZExtValue()) : std::nullopt);
  } else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&user)) {
    reads(*load, offset, layout.getTypeStoreSize(load->getType()));
  } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&user)) {
    if (use.getOperandNo() != llvm::StoreInst::getPointerOperandIndex()) escapes(user);
    else writes(user, offset, layout.getTypeStoreSize(store->getValueOperand()->getType()));
  } else if (auto* block = llvm::dyn_cast<llvm::MemIntrinsic>(&user)) {
    bool is_written = use.getOperandNo() == 0;
    uint64_t length = length_of(*block);
    if (!is_written) reads(user, length ? offset : std::nullopt, length);
    else writes(user, offset, length);
    auto* fill = llvm::dyn_cast<llvm::MemSetInst>(block);
    if (fill && length && offset && *offset + length <= size_ && !fill->isVolatile())
      fills_.emplace_back(fill, *offset);
  } else if (auto* call = llvm::dyn_cast<llvm::CallBase>(&user)) {
    follow_call(*call, use, offset);
  } else if (!llvm::isa<llvm::ICmpInst>(user)) {
    escapes(user);
  }
}

void LocalAccesses::follow_call(llvm::CallBase& call, llvm::Use& use, std::optional<uint64_t> offset) {
  if (is_access(call)) return follow(call, std::nullopt);
  if (call.isLifetimeStartOrEnd()) return writes(call, 0, size_);
  if (!call.isArgOperand(&use)) return escapes(call);
  unsigned argument = call.getArgOperandNo(&use);
  if (auto filled = bytes_filled(call, argument)) writes(call, offset, *filled);
  else if (only_reads(call, argument)) reads(call, std::nullopt, 0);
  else if (!only_writes(call, argument)) escapes(call);
}

BitVector LocalAccesses::live_before(llvm::BasicBlock& block, BitVector live, const Instruction* until) const {
  for (auto& instruction : llvm::reverse(block)) {
    if (&instruction == until) break;
    auto found = accesses_.find(&instruction);
    if (found == accesses_.end()) continue;
    live.reset(found->second.writes);
    live |= found->second.reads;
  }
  return live;
}

BitVector LocalAccesses::live_at_end(llvm::BasicBlock& block) const {
  BitVector live(size_);
  for (auto* next : llvm::successors(&block)) {
    auto found = live_at_start_.find(next);
    if (found != live_at_start_.end()) live |= found->second;
  }
  return live;
}

void LocalAccesses::find_live() {
  llvm::SmallSetVector<llvm::BasicBlock*, 16> changed;
  for (auto& [instruction, _] : accesses_) changed.insert(instruction->getParent());
  while (!changed.empty()) {
    auto* block = changed.pop_back_val();
    BitVector live = live_before(*block, live_at_end(*block));
    auto& known = live_at_start_[block];
    if (known.size() == size_ ? known == live : live.none()) continue;
    known = std::move(live);
    for (auto* before : llvm::predecessors(block)) changed.insert(before);
  }
}

void LocalAccesses::trim(llvm::MemSetInst& fill, uint64_t place) {
  uint64_t end = place + length_of(fill);
  BitVector live = live_before(*fill.getParent(), live_at_end(*fill.getParent()), &fill);
  uint64_t word = std::min(kWord, variable_.getAlign().value());
  auto end_of_word = [&](uint64_t from) { return std::min(end, (from / word + 1) * word); };
  for (int first = live.find_first_in(place, end); first >= 0; first = live.find_first_in(place, end)) {
    uint64_t from = std::max(place, first / word * word), to = from;
    while (to < end && live.find_first_in(to, end_of_word(to)) >= 0) to = end_of_word(to);
    keep_part(fill, place, from, to);
    live.reset(from, to);
  }
  fill.eraseFromParent();
}

void LocalAccesses::keep_part(llvm::MemSetInst& fill, uint64_t place, uint64_t from, uint64_t to) {
  llvm::IRBuilder<> builder(&fill);
  auto* start = builder.CreateConstGEP1_64(builder.getInt8Ty(), fill.getRawDest(), from - place);
  builder.CreateMemSet(start, fill.getValue(), to - from, llvm::commonAlignment(variable_.getAlign(), from));
}

}  // namespace sonde::compile
