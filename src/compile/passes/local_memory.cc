#include "compile/passes/local_memory.h"

#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

#include "compile/passes/helper_memory.h"
#include "compile/passes/local_accesses.h"

namespace sonde::compile {
namespace {

using llvm::AllocaInst;
using llvm::Instruction;
using llvm::IRBuilder;
using llvm::Value;

bool is_number(llvm::Type* type) { return type->isIntegerTy() || type->isPointerTy() || type->isFloatingPointTy(); }

bool is_lifetime(const llvm::User& user, llvm::Intrinsic::ID which) {
  const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&user);
  return intrinsic && intrinsic->getIntrinsicID() == which;
}

bool is_lifetime(const llvm::User& user) {
  return is_lifetime(user, llvm::Intrinsic::lifetime_start) || is_lifetime(user, llvm::Intrinsic::lifetime_end);
}

// The instructions before which a variable's life has just begun. clang marks no start of what a jump may skip, of
// parameters and of temporaries: they live as long as the function.
llvm::SmallVector<Instruction*, 2> beginnings(AllocaInst& variable) {
  llvm::SmallVector<Instruction*, 2> found;
  for (auto* user : variable.users()) {
    if (is_lifetime(*user, llvm::Intrinsic::lifetime_start))
      found.push_back(llvm::cast<Instruction>(user)->getNextNode());
  }
  if (found.empty()) found.push_back(variable.getNextNode());
  return found;
}

// Whether a number is stored before anything else happens to it, as to a parameter: what mem2reg does best is left to
// it.
bool is_stored_at_once(AllocaInst& variable, Instruction& beginning) {
  Instruction* first = nullptr;
  for (auto* user : variable.users()) {
    auto* access = llvm::cast<Instruction>(user);
    if (is_lifetime(*access)) continue;
    auto* store = llvm::dyn_cast<llvm::StoreInst>(access);
    bool is_simple = llvm::isa<llvm::LoadInst>(access) || (store && store->getPointerOperand() == &variable);
    if (!is_simple) return false;
    bool is_here =
        access->getParent() == beginning.getParent() && (access == &beginning || beginning.comesBefore(access));
    if (is_here && (!first || access->comesBefore(first))) first = access;
  }
  auto* store = llvm::dyn_cast_or_null<llvm::StoreInst>(first);
  return store && store->getValueOperand()->getType() == variable.getAllocatedType();
}

// memset of something whose life begins: whoever knew its address before must not use it any more.
void fill_fresh(IRBuilder<>& builder, Value* memory, uint64_t size, llvm::MaybeAlign align) {
  auto* fill = builder.CreateMemSet(memory, builder.getInt8(0), size, align);
  fill->setMetadata(kFresh, llvm::MDNode::get(builder.getContext(), {}));
}

void zero_variable(AllocaInst& variable, const llvm::DataLayout& layout) {
  auto size = variable.getAllocationSize(layout);
  if (!variable.isStaticAlloca() || !size || size->isScalable() || size->getFixedValue() == 0) return;
  auto* type = variable.getAllocatedType();
  bool number = is_number(type) && !variable.isArrayAllocation();
  for (auto* beginning : beginnings(variable)) {
    if (number && is_stored_at_once(variable, *beginning)) continue;
    IRBuilder<> builder(beginning);
    if (number) builder.CreateStore(llvm::Constant::getNullValue(type), &variable);
    else fill_fresh(builder, &variable, size->getFixedValue(), variable.getAlign());
  }
}

// The caller's memory for a struct of more than 8 bytes that is returned: the function's own variable is built there.
void zero_returned(llvm::Function& function, const llvm::DataLayout& layout) {
  for (auto& argument : function.args()) {
    auto* type = argument.getParamStructRetType();
    if (!type) continue;
    auto& entry = function.getEntryBlock();
    IRBuilder<> builder(&entry, entry.getFirstNonPHIOrDbgOrAlloca());
    fill_fresh(builder, &argument, layout.getTypeAllocSize(type), argument.getParamAlign());
  }
}

// clang says which bytes of a struct are padding, so that copies may leave them out.
void copy_all_bytes(llvm::Function& function) {
  for (auto& instruction : llvm::instructions(function)) {
    if (llvm::isa<llvm::MemTransferInst>(instruction))
      instruction.setMetadata(llvm::LLVMContext::MD_tbaa_struct, nullptr);
  }
}

llvm::Constant* without_undefined(llvm::Constant* value) {
  if (llvm::isa<llvm::UndefValue>(value)) return llvm::Constant::getNullValue(value->getType());
  if (!llvm::isa<llvm::ConstantStruct, llvm::ConstantArray>(value)) return value;
  llvm::SmallVector<llvm::Constant*> parts;
  for (auto& part : value->operands()) parts.push_back(without_undefined(llvm::cast<llvm::Constant>(part)));
  if (auto* type = llvm::dyn_cast<llvm::StructType>(value->getType())) return llvm::ConstantStruct::get(type, parts);
  return llvm::ConstantArray::get(llvm::cast<llvm::ArrayType>(value->getType()), parts);
}

llvm::SmallVector<AllocaInst*> variables_of(llvm::Function& function) {
  llvm::SmallVector<AllocaInst*> variables;
  if (function.isDeclaration()) return variables;
  for (auto& instruction : function.getEntryBlock()) {
    if (auto* variable = llvm::dyn_cast<AllocaInst>(&instruction)) variables.push_back(variable);
  }
  return variables;
}

bool only_helpers_read_it(AllocaInst& variable) {
  bool is_handed_out = false;
  for (auto& use : variable.uses()) {
    auto* user = use.getUser();
    if (is_lifetime(*user)) continue;
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) {
      if (load->isSimple() && load->getType() == variable.getAllocatedType()) continue;
      return false;
    }
    if (auto* store = llvm::dyn_cast<llvm::StoreInst>(user)) {
      bool is_whole = store->getPointerOperand() == &variable && store->getValueOperand() != &variable &&
                      store->isSimple() && store->getValueOperand()->getType() == variable.getAllocatedType();
      if (is_whole) continue;
      return false;
    }
    auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (!call || !call->isArgOperand(&use) || !only_reads(*call, call->getArgOperandNo(&use))) return false;
    is_handed_out = true;
  }
  return is_handed_out;
}

// A second variable of the same values, whose address nobody has.
AllocaInst* make_twin(AllocaInst& variable) {
  IRBuilder<> builder(&variable);
  auto* twin = builder.CreateAlloca(variable.getAllocatedType());
  for (auto* user : llvm::make_early_inc_range(variable.users())) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) {
      load->setOperand(llvm::LoadInst::getPointerOperandIndex(), twin);
    } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(user)) {
      builder.SetInsertPoint(store);
      builder.CreateStore(store->getValueOperand(), twin);
    }
  }
  return twin;
}

}  // namespace

void zero_local_memory(llvm::Module& module) {
  const auto& layout = module.getDataLayout();
  for (auto& global : module.globals()) {
    if (global.hasInitializer()) global.setInitializer(without_undefined(global.getInitializer()));
  }
  for (auto& function : module) {
    if (function.isDeclaration()) continue;
    for (auto* variable : variables_of(function)) zero_variable(*variable, layout);
    zero_returned(function, layout);
    copy_all_bytes(function);
  }
}

void trim_zeros(llvm::Module& module) {
  for (auto& function : module) {
    for (auto* variable : variables_of(function)) LocalAccesses(*variable).trim_fills();
  }
}

void forward_handed_out_numbers(llvm::Module& module) {
  for (auto& function : module) {
    llvm::SmallVector<AllocaInst*> twins;
    for (auto* variable : variables_of(function)) {
      if (!variable->isArrayAllocation() && is_number(variable->getAllocatedType()) &&
          only_helpers_read_it(*variable)) {
        twins.push_back(make_twin(*variable));
      }
    }
    if (twins.empty()) continue;
    llvm::DominatorTree dominators(function);
    llvm::PromoteMemToReg(twins, dominators);
  }
}

}  // namespace sonde::compile
