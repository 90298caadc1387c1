// From the functions that the user wrote to the programs that the kernel takes: one parameter, the context.
#include "compile/entry_points.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>

#include <algorithm>
#include <optional>

#include "compile/bpf_calls.h"
#include "compile/registers.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

// Stands for the context inside a variant until inlining shows what it is used for.
constexpr const char* kForeignContext = "sonde.foreign.context";
// A tracepoint of a system call: 16 bytes of header and number, then the arguments, or the return value.
constexpr uint32_t kSyscallTracepointData = 16;

Value* load_word(IRBuilder<>& builder, Value* base, uint32_t offset) {
  return builder.CreateLoad(builder.getInt64Ty(), builder.CreateConstGEP1_32(builder.getInt8Ty(), base, offset));
}

Value* converted(IRBuilder<>& builder, Value* word, llvm::Type* type) {
  if (type->isPointerTy()) return builder.CreateIntToPtr(word, type);
  if (type->isIntegerTy()) return builder.CreateZExtOrTrunc(word, type);
  return llvm::Constant::getNullValue(type);
}

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
    Value* handed = context;
    if (!variant.empty()) {
      auto* pointer = builder.getPtrTy();
      auto marker = module_.getOrInsertFunction(kForeignContext, llvm::FunctionType::get(pointer, {pointer}, false));
      handed = builder.CreateCall(marker, {context});
    }
    llvm::SmallVector<Value*, 7> arguments;
    for (auto& parameter : body_.args()) {
      unsigned index = parameter.getArgNo();
      if (index == 0) arguments.push_back(parameter.getType()->isPointerTy()
                                              ? handed
                                              : builder.CreatePtrToInt(handed, parameter.getType()));
      else arguments.push_back(converted(builder, this->parameter(builder, context, index - 1, variant), parameter.getType()));
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

  Value* parameter(IRBuilder<>& builder, Value* context, unsigned index, const std::string& variant) {
    if (variant == "syscall_enter") return load_word(builder, context, kSyscallTracepointData + 8 * index);
    if (variant == "fentry" || variant == "fexit") return load_word(builder, context, 8 * index);
    if (!shape_.reads_syscall_registers) return load_word(builder, context, kParameterOffsets[index]);
    Value* registers = builder.CreateIntToPtr(load_word(builder, context, kParameterOffsets[0]), builder.getPtrTy());
    return load_word(builder, registers, kSyscallOffsets[index]);
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

// Which other contexts could feed this program. A kprobe's own hook decides; one that a driver attaches may be any.
std::vector<std::string> possible_variants(const ProgramShape& shape, llvm::Function& body) {
  if (shape.context != ContextKind::kRegisters || body.arg_size() > 7) return {};
  const std::string& kind = shape.hook.kind;
  if (kind == "kprobe") return shape.reads_syscall_registers ? std::vector<std::string>{"syscall_enter"}
                                                             : std::vector<std::string>{"fentry"};
  if (kind == "kretprobe") return shape.reads_syscall_registers ? std::vector<std::string>{"syscall_exit"}
                                                                : std::vector<std::string>{"fexit"};
  if (!kind.empty()) return {};
  return {"syscall_enter", "syscall_exit", "fentry", "fexit"};
}

std::optional<unsigned> register_index(uint64_t offset) {
  auto at = std::find(kParameterOffsets.begin(), kParameterOffsets.end(), offset);
  if (at == kParameterOffsets.end()) return std::nullopt;
  return static_cast<unsigned>(at - kParameterOffsets.begin());
}

// What a load of the register at `offset` is in this variant; nullptr if the variant does not have it.
Value* in_variant(IRBuilder<>& builder, Value* context, uint64_t offset, const std::string& variant) {
  if (variant == "syscall_exit" && offset == kReturnOffset) return load_word(builder, context, kSyscallTracepointData);
  auto index = register_index(offset);
  if (variant == "fentry" && index) return load_word(builder, context, 8 * *index);
  if (variant == "fexit" && offset == kReturnOffset) {
    auto& first = builder.GetInsertBlock()->getParent()->getEntryBlock();
    auto* slot = IRBuilder<>(&first, first.begin()).CreateAlloca(builder.getInt64Ty());
    call_helper(builder, kGetFunctionReturn, {context, slot});
    return builder.CreateLoad(builder.getInt64Ty(), slot);
  }
  return nullptr;
}

class VariantSettler {
 public:
  explicit VariantSettler(Entry& entry) : entry_(entry), context_(entry.function->getArg(0)) {}

  bool settle() {
    for (auto& block : *entry_.function) {
      for (auto& instruction : llvm::make_early_inc_range(block)) {
        auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
        if (!call || !call->getCalledFunction() || call->getCalledFunction()->getName() != kForeignContext) continue;
        markers_.push_back(call);
      }
    }
    for (auto* marker : markers_) {
      if (!follow(marker, 0)) return false;
    }
    for (auto* dead : llvm::reverse(dead_)) dead->eraseFromParent();
    for (auto* marker : markers_) {
      marker->replaceAllUsesWith(context_);
      marker->eraseFromParent();
    }
    return true;
  }

 private:
  bool follow(llvm::Instruction* pointer, uint64_t offset) {
    llvm::SmallVector<llvm::User*> users(pointer->users());
    for (auto* user : users) {
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(user)) {
        bool is_helper = helper_number(*call) != 0 && offset == 0;
        if (!is_helper) return false;
      } else if (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(user)) {
        llvm::APInt delta(64, 0);
        if (!gep->accumulateConstantOffset(gep->getModule()->getDataLayout(), delta)) return false;
        dead_.push_back(gep);
        if (!follow(gep, offset + delta.getZExtValue())) return false;
      } else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) {
        IRBuilder<> builder(load);
        Value* word = in_variant(builder, context_, offset, entry_.variant);
        if (!word || load->getType()->isAggregateType()) return false;
        load->replaceAllUsesWith(converted(builder, word, load->getType()));
        dead_.push_back(load);
      } else {
        return false;
      }
    }
    return true;
  }

  Entry& entry_;
  Value* context_;
  llvm::SmallVector<llvm::CallInst*> markers_;
  llvm::SmallVector<llvm::Instruction*> dead_;
};

}  // namespace

std::vector<Entry> make_entries(llvm::Module& module, const std::vector<ProgramShape>& programs, bool with_variants) {
  std::vector<Entry> entries;
  for (const auto& shape : programs) {
    auto* body = module.getFunction(shape.name);
    if (!body || body->isDeclaration()) continue;
    body->setName(shape.name + ".body");
    body->setLinkage(llvm::GlobalValue::InternalLinkage);
    body->setVisibility(llvm::GlobalValue::DefaultVisibility);
    body->setSection("");
    EntryMaker maker(module, *body, shape);
    entries.push_back({&shape, "", maker.make(""), shape.context});
    if (!with_variants) continue;
    for (const auto& variant : possible_variants(shape, *body)) {
      entries.push_back({&shape, variant, maker.make(variant), shape.context});
    }
  }
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

void settle_variants(std::vector<Entry>& entries) {
  std::erase_if(entries, [](Entry& entry) {
    if (entry.variant.empty() || VariantSettler(entry).settle()) return false;
    entry.function->eraseFromParent();
    return true;
  });
}

}  // namespace sonde::compile
