#include "compile/passes/method_calls.h"

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

namespace sonde::compile {
namespace {

using llvm::StringRef;

// `load ptr, @sonde.table.start + 16` is a known function.
void call_directly(llvm::CallBase& call, const llvm::DataLayout& layout) {
  auto* load = llvm::dyn_cast<llvm::LoadInst>(call.getCalledOperand());
  auto* address = load ? llvm::dyn_cast<llvm::Constant>(load->getPointerOperand()) : nullptr;
  if (!address) return;
  auto* target = llvm::ConstantFoldLoadFromConstPtr(address, load->getType(), layout);
  if (!target) return;
  call.setCalledOperand(target);
  if (load->use_empty()) load->eraseFromParent();
}

// bpf_map_lookup_elem(&start, &key): in C, `start` is the table of methods, and the map is meant.
void pass_map_itself(llvm::CallBase& call, llvm::Module& module) {
  for (auto& argument : call.args()) {
    StringRef name = argument->getName();
    if (!llvm::isa<llvm::GlobalVariable>(argument) || !name.consume_front("sonde.table.")) continue;
    if (auto* map = module.getNamedGlobal(name)) argument.set(map);
  }
}

llvm::Function* map_function(llvm::Module& module, StringRef map, StringRef what) {
  return module.getFunction(("__sonde_" + map + "_" + what).str());
}

void replace_add(llvm::CallBase& call, llvm::Function& add) {
  llvm::IRBuilder<> builder(&call);
  unsigned keys = add.arg_size() - 1;  // a key of 9 to 16 bytes is two arguments
  llvm::SmallVector<llvm::Value*, 4> arguments(call.arg_begin(), call.arg_begin() + keys);
  arguments.push_back(call.arg_size() > keys ? call.getArgOperand(keys) : builder.getInt64(1));
  auto* added = builder.CreateCall(&add, arguments);
  added->setAttributes(call.getAttributes());
  added->setCallingConv(call.getCallingConv());
  call.eraseFromParent();
}

void replace_init(llvm::CallBase& call, llvm::Function& init) {
  call.setCalledOperand(&init);
  llvm::IRBuilder<> builder(call.getNextNode());
  auto* failed = builder.CreateIsNull(&call);
  auto* leave = llvm::SplitBlockAndInsertIfThen(failed, call.getNextNode()->getNextNode(), true);
  builder.SetInsertPoint(leave);
  llvm::Type* type = call.getFunction()->getReturnType();
  if (type->isVoidTy()) builder.CreateRetVoid();
  else builder.CreateRet(llvm::Constant::getNullValue(type));
  leave->eraseFromParent();
}

}  // namespace

void resolve_method_calls(llvm::Module& module) {
  for (auto& global : module.globals()) {
    if (global.getName().starts_with("sonde.table.")) global.setConstant(true);
  }
  for (auto& function : module) {
    llvm::SmallVector<llvm::CallBase*> calls;
    for (auto& instruction : llvm::instructions(function)) {
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) calls.push_back(call);
    }
    for (auto* call : calls) {
      call_directly(*call, module.getDataLayout());
      pass_map_itself(*call, module);
      auto* callee = call->getCalledFunction();
      if (!callee) callee = llvm::dyn_cast<llvm::Function>(call->getCalledOperand());
      StringRef name = callee ? callee->getName() : StringRef();
      if (!name.consume_front("sonde.method.")) continue;
      auto [kind, map] = name.split('.');
      auto* target = map_function(module, map, kind);
      if (!target) continue;
      if (kind == "init") replace_init(*call, *target);
      else replace_add(*call, *target);
    }
  }
}

void resolve_contexts(llvm::Function& program) {
  if (program.arg_empty()) return;
  llvm::SmallVector<llvm::CallBase*> calls;
  for (auto& instruction : llvm::instructions(program)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    auto* callee = call ? call->getCalledFunction() : nullptr;
    if (callee && callee->getName() == "sonde.context") calls.push_back(call);
  }
  for (auto* call : calls) {
    call->replaceAllUsesWith(program.getArg(0));
    call->eraseFromParent();
  }
}

}  // namespace sonde::compile
