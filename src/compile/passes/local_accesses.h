// Which bytes of a local variable are read, and which are written before they are.
#pragma once

#include <llvm/ADT/BitVector.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

#include <optional>

namespace sonde::compile {

// Marks the memset of what has just come to life.
inline constexpr const char* kFresh = "sonde.fresh";

// The bytes that are live (somebody may read them before they are written again) at each memset of a variable.
class LocalAccesses {
 public:
  explicit LocalAccesses(llvm::AllocaInst& variable);

  // Leaves of each memset the words with live bytes.
  void trim_fills();

 private:
  struct Access {
    llvm::BitVector reads, writes;
  };

  void follow(llvm::Value& pointer, std::optional<uint64_t> offset);
  void follow_use(llvm::Use& use, std::optional<uint64_t> offset);
  void follow_call(llvm::CallBase& call, llvm::Use& use, std::optional<uint64_t> offset);
  void reads(llvm::Instruction& by, std::optional<uint64_t> offset, uint64_t size);
  void writes(llvm::Instruction& by, std::optional<uint64_t> offset, uint64_t size);
  void escapes(llvm::Instruction& by);
  Access& access(llvm::Instruction& by);

  // Backwards through one block, from what is live at its end; stops behind `until`.
  llvm::BitVector live_before(llvm::BasicBlock& block, llvm::BitVector live,
                              const llvm::Instruction* until = nullptr) const;
  llvm::BitVector live_at_end(llvm::BasicBlock& block) const;
  void find_live();
  void trim(llvm::MemSetInst& fill, uint64_t place);
  void keep_part(llvm::MemSetInst& fill, uint64_t place, uint64_t from, uint64_t to);

  llvm::AllocaInst& variable_;
  uint64_t size_ = 0;
  bool escaped_ = false;
  llvm::DenseMap<llvm::Instruction*, Access> accesses_;
  llvm::DenseMap<llvm::BasicBlock*, llvm::BitVector> live_at_start_;
  llvm::SmallVector<std::pair<llvm::MemSetInst*, uint64_t>> fills_;  // and where in the variable
};

}  // namespace sonde::compile
