#include "compile/passes/kernel_pointers.h"

#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>

#include "compile/passes/bpf_calls.h"
#include "compile/passes/register_reads.h"

namespace sonde::compile {
namespace {

using llvm::Value;
constexpr uint64_t kGetCurrentTask = 35;

}  // namespace

KernelPointers::KernelPointers(const Entry& entry) : context_(entry.function->getArg(0)), kind_(entry.context) {}

bool KernelPointers::leads_to_kernel(Value* address) {
  auto [known, is_new] = known_.try_emplace(address, true);  // for cycles of phis
  if (!is_new) return known->second;
  bool result = classify(address);
  known_[address] = result;
  return result;
}

bool KernelPointers::classify(Value* address) {
  if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(address)) return leads_to_kernel(gep->getPointerOperand());
  if (auto* cast = llvm::dyn_cast<llvm::IntToPtrInst>(address)) return leads_to_kernel(cast->getOperand(0));
  if (auto* freeze = llvm::dyn_cast<llvm::FreezeInst>(address)) return leads_to_kernel(freeze->getOperand(0));
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(address)) {
    return is_context(load->getPointerOperand()) || leads_to_kernel(load->getPointerOperand());
  }
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(address)) {
    return llvm::all_of(phi->incoming_values(), [&](Value* value) { return leads_to_kernel(value); });
  }
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(address)) {
    return leads_to_kernel(select->getTrueValue()) && leads_to_kernel(select->getFalseValue());
  }
  auto* call = llvm::dyn_cast<llvm::CallBase>(address);
  if (!call) return false;
  if (is_access(*call)) return leads_to_kernel(call->getArgOperand(0));
  return helper_number(*call) == kGetCurrentTask || register_read(*call);
}

// Registers, arguments and events hold pointers into the kernel; other contexts may hold others.
bool KernelPointers::is_context(Value* address) const {
  bool holds_kernel_pointers = kind_ == ContextKind::kRegisters || kind_ == ContextKind::kTracepoint ||
                               kind_ == ContextKind::kArguments || kind_ == ContextKind::kTyped;
  while (true) {
    if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(address)) address = gep->getPointerOperand();
    else if (auto* call = llvm::dyn_cast<llvm::CallBase>(address); call && is_access(*call))
      address = call->getArgOperand(0);
    else return holds_kernel_pointers && address == context_;
  }
}

}  // namespace sonde::compile
