#include "compile/passes/ir_checks.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

#include <fmt/format.h>

#include "compile/passes/kernel_pointers.h"

namespace sonde::compile {
namespace {

using llvm::Value;

Value* written_address(llvm::Instruction& instruction) {
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) return store->getPointerOperand();
  if (auto* atomic = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction)) return atomic->getPointerOperand();
  if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) return exchange->getPointerOperand();
  if (auto* fill = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction)) return fill->getRawDest();
  return nullptr;
}

bool holds_address(const llvm::Constant* data) {
  if (data->getType()->isPointerTy()) return llvm::isa<llvm::GlobalValue>(data->stripInBoundsConstantOffsets());
  return llvm::isa<llvm::ConstantAggregate>(data) && llvm::any_of(data->operands(), [](const llvm::Use& part) {
           return holds_address(llvm::cast<llvm::Constant>(part));
         });
}

// Of the program's own data: maps and what the kernel fills in are none.
bool is_data(const llvm::GlobalVariable& global) {
  auto section = global.getSection();
  return global.hasInitializer() && !global.getName().starts_with("llvm.") &&
         (section.empty() || section.starts_with(".data") || section.starts_with(".rodata"));
}

// An instruction that uses `value`, or nullptr.
const llvm::Instruction* user_of(const Value& value) {
  for (const auto* user : value.users()) {
    if (const auto* instruction = llvm::dyn_cast<llvm::Instruction>(user)) return instruction;
    if (const auto* constant = llvm::dyn_cast<llvm::ConstantExpr>(user)) {
      if (const auto* instruction = user_of(*constant)) return instruction;
    }
  }
  return nullptr;
}

}  // namespace

void complain_at(const llvm::Instruction& instruction, const std::string& text, const Complain& complain) {
  const llvm::DILocation* where = instruction.getDebugLoc();
  const auto* function = instruction.getFunction()->getSubprogram();
  const auto* main_file = function ? function->getUnit()->getFile() : nullptr;
  while (where && main_file && where->getFilename() != main_file->getFilename()) where = where->getInlinedAt();
  complain(text, where ? where->getLine() : 0, where ? where->getColumn() : 0);
}

void check_kernel_writes(llvm::Module& module, const std::vector<Entry>& entries, const Complain& complain) {
  for (const auto& entry : entries) {
    if (entry.context == ContextKind::kNetworking) continue;
    KernelPointers pointers(entry);
    for (auto& instruction : llvm::instructions(*entry.function)) {
      Value* address = written_address(instruction);
      if (!address || !pointers.leads_to_kernel(address)) continue;
      complain_at(instruction, "kernel memory can be read, not written", complain);
    }
  }
}

void check_undefined(llvm::Module& module, const Complain& complain) {
  for (auto& function : module) {
    if (!function.isDeclaration() || function.isIntrinsic() || function.hasSection()) continue;
    if (function.getName() == "memcmp" || function.getName() == "bcmp")
      continue;  // the code generator expands short ones
    for (auto* user : function.users()) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(user);
      if (!call) continue;
      complain_at(*call, fmt::format("'{}' is declared, but defined nowhere", std::string_view(function.getName())),
                  complain);
    }
  }
}

void check_addresses_in_data(llvm::Module& module, const Complain& complain) {
  for (const auto& global : module.globals()) {
    if (!is_data(global) || !holds_address(global.getInitializer())) continue;
    const auto* user = user_of(global);
    if (!user) continue;
    complain_at(
        *user,
        fmt::format("'{}' holds addresses, which a BPF program's data cannot", std::string_view(global.getName())),
        complain);
  }
}

}  // namespace sonde::compile
