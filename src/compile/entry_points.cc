// From the functions that the user wrote to the programs that the kernel takes: one parameter, the context.
#include "compile/entry_points.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include "compile/bpf_calls.h"
#include "compile/registers.h"
#include "compile/variants.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

class EntryMaker {
 public:
  EntryMaker(llvm::Module& module, llvm::Function& body, const ProgramShape& shape)
      : module_(module), body_(body), shape_(shape) {}

  llvm::Function* make(const std::string& variant) {
    auto& context = module_.getContext();
    auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {llvm::PointerType::get(context, 0)}, false);
    std::string symbol = variant.empty() ? shape_.name : shape_.name + "__" + variant;
    auto* entry = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, symbol, module_);
    entry->setSection("sonde/" + symbol);
    entry->addFnAttr(llvm::Attribute::NoUnwind);
    entry->setDSOLocal(true);
    describe(*entry);
    IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
    if (auto* program = entry->getSubprogram()) {
      builder.SetCurrentDebugLocation(llvm::DILocation::get(context, program->getLine(), 0, program));
    }
    fill(builder, *entry, variant);
    return entry;
  }

 private:
  void fill(IRBuilder<>& builder, llvm::Function& entry, const std::string& variant) {
    Value* context = entry.getArg(0);
    Value* handed = variant.empty() ? context : foreign_context(builder, context);
    llvm::SmallVector<Value*, 7> arguments;
    for (auto& parameter : body_.args()) {
      unsigned index = parameter.getArgNo();
      if (index == 0) arguments.push_back(parameter.getType()->isPointerTy()
                                              ? handed
                                              : builder.CreatePtrToInt(handed, parameter.getType()));
      else arguments.push_back(converted(builder, this->parameter(builder, handed, context, index - 1, variant), parameter.getType()));
    }
    auto* call = builder.CreateCall(&body_, arguments);
    call->setCallingConv(body_.getCallingConv());
    bool has_result = body_.getReturnType()->isIntegerTy() && !must_return_zero(variant);
    builder.CreateRet(has_result ? builder.CreateZExtOrTrunc(call, builder.getInt32Ty())
                                 : static_cast<Value*>(builder.getInt32(0)));
  }

  // The kernel takes fentry and fexit programs only if they return 0; kprobes' programs may return anything.
  bool must_return_zero(const std::string& variant) const {
    const std::string& kind = variant.empty() ? shape_.hook.kind : variant;
    return kind == "fentry" || kind == "fexit";
  }

  // Of a variant for a trampoline the registers are foreign, too: settle_variants() knows what they stand for.
  Value* parameter(IRBuilder<>& builder, Value* registers, Value* context, unsigned index, const std::string& variant) {
    if (variant == "syscall_enter") return load_word(builder, context, kSyscallTracepointData + 8 * index);
    if (!shape_.reads_syscall_registers) return load_word(builder, registers, kParameterOffsets[index]);
    Value* behind = builder.CreateIntToPtr(load_word(builder, registers, kParameterOffsets[0]), builder.getPtrTy());
    return load_word(builder, behind, kSyscallOffsets[index]);
  }

  // The kernel wants a described function behind every program: name, line, and a named context parameter.
  void describe(llvm::Function& entry) {
    auto* body = body_.getSubprogram();
    if (!body) return;
    llvm::DIBuilder builder(module_, true, body->getUnit());
    auto old = body->getType()->getTypeArray();
    auto* result = builder.createBasicType("int", 32, llvm::dwarf::DW_ATE_signed);
    llvm::DIType* parameter = old.size() > 1 && old[1] ? old[1] : builder.createPointerType(nullptr, 64);
    auto* type = builder.createSubroutineType(builder.getOrCreateTypeArray({result, parameter}));
    auto flags = llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized;
    auto* program = builder.createFunction(body->getFile(), entry.getName(), "", body->getFile(), body->getLine(), type,
                                           body->getLine(), llvm::DINode::FlagPrototyped, flags);
    builder.createParameterVariable(program, "ctx", 1, body->getFile(), body->getLine(), parameter, true);
    builder.finalizeSubprogram(program);
    entry.setSubprogram(program);
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
    EntryMaker maker(module, *body, shape);
    entries.push_back({&shape, "", maker.make(""), shape.context});
    for (const auto& variant : possible_variants(shape, *body, wanted)) {
      entries.push_back({&shape, variant, maker.make(variant), shape.context});
    }
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

}  // namespace sonde::compile
