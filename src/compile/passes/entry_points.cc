#include "compile/passes/entry_points.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include "compile/kernel/registers.h"
#include "compile/passes/register_reads.h"
#include "compile/passes/variants.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

std::string section_of(llvm::StringRef symbol) { return ("sonde/" + symbol).str(); }

Value* load_word(IRBuilder<>& builder, Value* base, uint32_t offset) {
  return builder.CreateLoad(builder.getInt64Ty(), builder.CreateConstGEP1_32(builder.getInt8Ty(), base, offset));
}

// The kernel wants a described function behind every program: name, line, and a named context parameter.
void describe(llvm::Function& program, llvm::DISubprogram& like, llvm::DISubroutineType* type) {
  llvm::DIBuilder builder(*program.getParent(), true, like.getUnit());
  auto flags = llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized;
  auto* described = builder.createFunction(like.getFile(), program.getName(), "", like.getFile(), like.getLine(), type,
                                           like.getLine(), llvm::DINode::FlagPrototyped, flags);
  builder.createParameterVariable(described, "ctx", 1, like.getFile(), like.getLine(), type->getTypeArray()[1], true);
  builder.finalizeSubprogram(described);
  program.setSubprogram(described);
}

// Lines of a copied function, as lines of the copy: what was inlined into one is inlined into the other.
class LineMover {
 public:
  LineMover(llvm::DISubprogram* from, llvm::DISubprogram* to) : from_(from), to_(to) {}

  void move(llvm::Function& copy) {
    for (auto& instruction : llvm::instructions(copy)) {
      instruction.setDebugLoc(moved(instruction.getDebugLoc()));
      for (auto& record : instruction.getDbgRecordRange()) record.setDebugLoc(moved(record.getDebugLoc()));
    }
  }

 private:
  llvm::DILocation* moved(llvm::DILocation* old) {
    if (!old) return nullptr;
    if (auto known = moved_.find(old); known != moved_.end()) return known->second;
    llvm::Metadata* scope = old->getRawScope() == from_ ? to_ : old->getRawScope();
    auto* inlined_at = moved(old->getInlinedAt());
    auto unique =
        llvm::DILocation::getTemporary(old->getContext(), old->getLine(), old->getColumn(), scope, inlined_at);
    return moved_[old] = old->isDistinct() ? llvm::MDNode::replaceWithDistinct(std::move(unique))
                                           : llvm::MDNode::replaceWithUniqued(std::move(unique));
  }

  llvm::Metadata *from_, *to_;
  llvm::DenseMap<llvm::DILocation*, llvm::DILocation*> moved_;
};

class EntryMaker {
 public:
  EntryMaker(llvm::Module& module, llvm::Function& body, const ProgramShape& shape)
      : module_(module), body_(body), shape_(shape) {}

  llvm::Function* make(bool has_variants) {
    auto& context = module_.getContext();
    auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {llvm::PointerType::get(context, 0)}, false);
    auto* entry = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, shape_.name, module_);
    entry->setSection(section_of(shape_.name));
    entry->addFnAttr(llvm::Attribute::NoUnwind);
    entry->setDSOLocal(true);
    if (auto* body = body_.getSubprogram()) describe(*entry, *body, type_of_entry(*body));
    IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
    if (auto* program = entry->getSubprogram()) {
      builder.SetCurrentDebugLocation(llvm::DILocation::get(context, program->getLine(), 0, program));
    }
    fill(builder, *entry, has_variants);
    return entry;
  }

 private:
  void fill(IRBuilder<>& builder, llvm::Function& entry, bool has_variants) {
    Value* context = entry.getArg(0);
    llvm::SmallVector<Value*, 7> arguments;
    for (auto& parameter : body_.args()) {
      unsigned index = parameter.getArgNo();
      if (index == 0)
        arguments.push_back(parameter.getType()->isPointerTy() ? context
                                                               : builder.CreatePtrToInt(context, parameter.getType()));
      else
        arguments.push_back(
            converted(builder, this->parameter(builder, context, index - 1, has_variants), parameter.getType()));
    }
    auto* call = builder.CreateCall(&body_, arguments);
    call->setCallingConv(body_.getCallingConv());
    bool has_result = body_.getReturnType()->isIntegerTy() && !must_return_zero();
    builder.CreateRet(has_result ? builder.CreateZExtOrTrunc(call, builder.getInt32Ty())
                                 : static_cast<Value*>(builder.getInt32(0)));
  }

  // The kernel takes fentry and fexit programs only if they return 0; kprobes' programs may return anything.
  bool must_return_zero() const {
    return shape_.hook.kind == HookKind::kFentry || shape_.hook.kind == HookKind::kFexit;
  }

  Value* parameter(IRBuilder<>& builder, Value* context, unsigned index, bool has_variants) {
    if (has_variants) return make_parameter_read(builder, context, index);
    if (!shape_.reads_syscall_registers) return load_word(builder, context, kParameterOffsets[index]);
    Value* behind = builder.CreateIntToPtr(load_word(builder, context, kParameterOffsets[0]), builder.getPtrTy());
    return load_word(builder, behind, kSyscallOffsets[index]);
  }

  // One parameter, the context, and a number as the result.
  llvm::DISubroutineType* type_of_entry(llvm::DISubprogram& body) {
    llvm::DIBuilder builder(module_, true, body.getUnit());
    auto old = body.getType()->getTypeArray();
    auto* result = builder.createBasicType("int", 32, llvm::dwarf::DW_ATE_signed);
    llvm::DIType* parameter = old.size() > 1 && old[1] ? old[1] : builder.createPointerType(nullptr, 64);
    return builder.createSubroutineType(builder.getOrCreateTypeArray({result, parameter}));
  }

  llvm::Module& module_;
  llvm::Function& body_;
  const ProgramShape& shape_;
};

}  // namespace

std::vector<Entry> make_entries(llvm::Module& module, const std::vector<ProgramShape>& programs,
                                VariantsWanted wanted) {
  std::vector<Entry> entries;
  // The spec has what the notes say; here they would keep functions that are inlined everywhere.
  if (auto* notes = module.getNamedGlobal("llvm.global.annotations")) notes->eraseFromParent();
  for (const auto& shape : programs) {
    auto* body = module.getFunction(shape.name);
    if (!body || body->isDeclaration()) continue;
    body->setName(shape.name + ".body");
    body->setLinkage(llvm::GlobalValue::InternalLinkage);
    body->setVisibility(llvm::GlobalValue::DefaultVisibility);
    body->setSection("");
    auto kinds = possible_variants(shape, *body, wanted);
    entries.push_back({&shape, EntryMaker(module, *body, shape).make(!kinds.empty()), shape.context});
    for (auto& kind : kinds) entries.back().variants.push_back({.found = {.kind = std::move(kind)}});
  }
  // SEC() marks what is used: that is the entry now.
  llvm::removeFromUsedLists(module, [](llvm::Constant* used) { return used->getName().ends_with(".body"); });
  // BCC inlines everything that is not marked otherwise; the verifier knows more about inlined code.
  for (auto& function : module) {
    // `inline` alone: C has the function's real definition elsewhere; there is no elsewhere.
    if (function.hasAvailableExternallyLinkage()) function.setLinkage(llvm::GlobalValue::InternalLinkage);
    if (!function.hasInternalLinkage() || function.isDeclaration()) continue;
    bool is_body = function.getName().ends_with(".body");
    if (function.hasFnAttribute(llvm::Attribute::NoInline) && !is_body) continue;
    function.removeFnAttr(llvm::Attribute::NoInline);
    function.removeFnAttr(llvm::Attribute::OptimizeNone);
    function.addFnAttr(llvm::Attribute::AlwaysInline);
  }
  return entries;
}

llvm::Function* copy_program(llvm::Function& program, const std::string& symbol) {
  auto* described = program.getSubprogram();
  program.setSubprogram(nullptr);  // LLVM would walk all types that it leads to, for each copy
  llvm::ValueToValueMapTy values;
  auto* copy = llvm::CloneFunction(&program, values);
  program.setSubprogram(described);
  copy->setName(symbol);
  copy->setSection(section_of(symbol));
  if (!described) return copy;
  describe(*copy, *described, described->getType());
  LineMover(described, copy->getSubprogram()).move(*copy);
  return copy;
}

}  // namespace sonde::compile
