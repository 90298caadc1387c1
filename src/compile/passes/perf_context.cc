#include "compile/passes/perf_context.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace sonde::compile {
namespace {

constexpr uint64_t kWord = 8;

// A program on `struct pt_regs` that does not say where it goes may go to a perf event.
bool may_be_sample(const Entry& entry) {
  return entry.context == ContextKind::kPerfEvent ||
         (entry.context == ContextKind::kRegisters && entry.program->hook.kind == HookKind::kNone);
}

void read_whole(llvm::LoadInst& load, llvm::Value& context, uint64_t offset) {
  llvm::IRBuilder<> builder(&load);
  auto* place = builder.CreateConstGEP1_64(builder.getInt8Ty(), &context, offset / kWord * kWord);
  // Volatile: the optimizer would make a narrow load of it again.
  auto* word = builder.CreateAlignedLoad(builder.getInt64Ty(), place, llvm::Align(8), /*isVolatile=*/true);
  auto* part = builder.CreateTrunc(builder.CreateLShr(word, offset % kWord * 8), load.getType());
  load.replaceAllUsesWith(part);
  load.eraseFromParent();
}

}  // namespace

void read_whole_registers(const Entry& entry) {
  if (!may_be_sample(entry)) return;
  auto& program = *entry.function;
  const auto& layout = program.getParent()->getDataLayout();
  auto* context = program.getArg(0);
  for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(program))) {
    auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
    if (!load || !load->getType()->isIntegerTy()) continue;
    llvm::APInt offset(64, 0);
    auto* base =
        load->getPointerOperand()->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
    uint64_t size = layout.getTypeStoreSize(load->getType()), at = offset.getZExtValue();
    if (base != context || size >= kWord || at % kWord + size > kWord) continue;
    read_whole(*load, *context, at);
  }
}

}  // namespace sonde::compile
