// The same program for another kind of context: a kprobe's registers read out of a trampoline's arguments, or out of the
// record of a system call's tracepoint.
#include "compile/variants.h"

#include <fmt/format.h>

#include <llvm/Transforms/Utils/FunctionComparator.h>

#include <algorithm>
#include <optional>

#include "compile/bpf_calls.h"
#include "compile/registers.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

constexpr const char* kForeignContext = "sonde.foreign.context";
constexpr uint64_t kUserStack = 1 << 8;  // BPF_F_USER_STACK

std::optional<unsigned> register_index(uint64_t offset) {
  auto at = std::find(kParameterOffsets.begin(), kParameterOffsets.end(), offset);
  if (at == kParameterOffsets.end()) return std::nullopt;
  return static_cast<unsigned>(at - kParameterOffsets.begin());
}

// How many of a register's bits a load of it is used for.
uint32_t bits_used(const llvm::LoadInst& load) {
  uint32_t whole = load.getType()->isPointerTy() ? 64 : load.getType()->getIntegerBitWidth();
  uint32_t used = 0;
  for (const auto* user : load.users()) {
    const auto* cut = llvm::dyn_cast<llvm::TruncInst>(user);
    used = std::max(used, cut ? cut->getType()->getIntegerBitWidth() : whole);
  }
  return used;
}

// Whether a helper answers the same to a kprobe's context and to a trampoline's; where not, why.
std::string helper_difference(const llvm::CallBase& call, const Value* context) {
  uint64_t helper = helper_number(call);
  for (unsigned i = 1; i < call.arg_size(); i++) {
    if (call.getArgOperand(i) == context) return "the program keeps its registers or copies them";
  }
  auto has_user_flag = [&](unsigned index) {
    const auto* flags = llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(index));
    return flags && (flags->getZExtValue() & kUserStack);
  };
  switch (helper) {
    case kPerfEventOutput:
    case kGetAttachCookie:
    case kGetFunctionAddress: return "";
    case kGetStackId: return has_user_flag(2) ? "" : "a kernel stack has other frames in a trampoline";
    case kGetStack: return has_user_flag(3) ? "" : "a kernel stack has other frames in a trampoline";
    case kOverrideReturn: return "bpf_override_return() works in kprobes alone";
    case kTailCall: return "programs of one table are all of one kind";
    default: return fmt::format("the helper {} gets its registers", helper);
  }
}

class VariantSettler {
 public:
  VariantSettler(Entry& entry, bool must_be_equal)
      : entry_(entry), context_(entry.function->getArg(0)), must_be_equal_(must_be_equal) {
    entry_.found.kind = entry.variant;
    entry_.found.symbol = entry.function->getName().str();
  }

  bool settle() {
    for (auto& block : *entry_.function) {
      for (auto& instruction : block) {
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
  bool impossible(std::string why) {
    entry_.found.symbol.clear();
    entry_.found.differs = std::move(why);
    return false;
  }

  bool follow(llvm::Instruction* pointer, uint64_t offset) {
    llvm::SmallVector<llvm::User*> users(pointer->users());
    for (auto* user : users) {
      bool good = false;
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(user)) good = follow_call(*call, pointer, offset);
      else if (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(user)) good = follow_field(*gep, offset);
      else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) good = replace_load(*load, offset);
      else if (llvm::isa<llvm::StoreInst>(user)) impossible("the program writes registers or keeps their address");
      else impossible("the program keeps its registers or copies them");
      if (!good) return false;
    }
    return true;
  }

  bool follow_call(const llvm::CallBase& call, const Value* pointer, uint64_t offset) {
    if (helper_number(call) == 0 || offset != 0) return impossible("the program hands its registers to a function");
    std::string difference = helper_difference(call, pointer);
    if (difference.empty()) return true;
    if (must_be_equal_) return impossible(difference);
    // Where there is no kprobe, something else than it would give is better than nothing.
    if (entry_.found.differs.empty()) entry_.found.differs = difference;
    return true;
  }

  bool follow_field(llvm::GetElementPtrInst& field, uint64_t offset) {
    llvm::APInt delta(64, 0);
    if (!field.accumulateConstantOffset(field.getModule()->getDataLayout(), delta)) {
      return impossible("the program counts out which register it reads");
    }
    dead_.push_back(&field);
    return follow(&field, offset + delta.getZExtValue());
  }

  bool replace_load(llvm::LoadInst& load, uint64_t offset) {
    bool is_word = load.getType()->isPointerTy() || load.getType()->isIntegerTy();
    if (!is_word || load.isVolatile()) return impossible("the program keeps its registers or copies them");
    IRBuilder<> builder(&load);
    Value* word = in_variant(builder, load, offset);
    if (!word) return false;
    load.replaceAllUsesWith(converted(builder, word, load.getType()));
    dead_.push_back(&load);
    return true;
  }

  // What a load of the register at `offset` is in this variant; nullptr if the variant does not have it.
  Value* in_variant(IRBuilder<>& builder, const llvm::LoadInst& load, uint64_t offset) {
    auto index = register_index(offset);
    if (entry_.variant == "fentry" && index) {
      note_argument(*index, bits_used(load));
      return fetched(builder, kGetFunctionArgument, {context_, builder.getInt64(*index)});
    }
    if (entry_.variant == "fexit" && offset == kReturnOffset) {
      entry_.found.reads_result = true;
      return fetched(builder, kGetFunctionReturn, {context_});
    }
    if (entry_.variant == "syscall_exit" && offset == kReturnOffset) return load_word(builder, context_, kSyscallTracepointData);
    impossible(entry_.variant == "fexit" ? "the program reads registers other than the return value"
                                         : "the program reads registers that hold no argument");
    return nullptr;
  }

  // A word that a helper writes, as a number: what a trampoline's context holds the verifier takes for typed pointers, with
  // which it refuses arithmetic that it allows with a register. The slot is filled before, as old verifiers want.
  Value* fetched(IRBuilder<>& builder, uint64_t helper, llvm::ArrayRef<Value*> arguments) {
    if (!slot_) {
      auto& first = entry_.function->getEntryBlock();
      slot_ = IRBuilder<>(&first, first.begin()).CreateAlloca(builder.getInt64Ty());
    }
    builder.CreateStore(builder.getInt64(0), slot_);
    llvm::SmallVector<Value*, 3> all(arguments);
    all.push_back(slot_);
    call_helper(builder, helper, all);
    return builder.CreateLoad(builder.getInt64Ty(), slot_);
  }

  void note_argument(unsigned index, uint32_t bits) {
    auto& all = entry_.found.argument_bits;
    if (all.size() <= index) all.resize(index + 1);
    all[index] = std::max(all[index], bits);
  }

  Entry& entry_;
  Value* context_;
  bool must_be_equal_;
  llvm::AllocaInst* slot_ = nullptr;
  llvm::SmallVector<llvm::CallInst*> markers_;
  llvm::SmallVector<llvm::Instruction*> dead_;
};

}  // namespace

Value* load_word(IRBuilder<>& builder, Value* base, uint32_t offset) {
  return builder.CreateLoad(builder.getInt64Ty(), builder.CreateConstGEP1_32(builder.getInt8Ty(), base, offset));
}

Value* converted(IRBuilder<>& builder, Value* word, llvm::Type* type) {
  if (type->isPointerTy()) return builder.CreateIntToPtr(word, type);
  if (type->isIntegerTy()) return builder.CreateZExtOrTrunc(word, type);
  return llvm::Constant::getNullValue(type);
}

Value* foreign_context(IRBuilder<>& builder, Value* context) {
  auto* pointer = builder.getPtrTy();
  auto* module = builder.GetInsertBlock()->getModule();
  auto marker = module->getOrInsertFunction(kForeignContext, llvm::FunctionType::get(pointer, {pointer}, false));
  return builder.CreateCall(marker, {context});
}

std::vector<std::string> possible_variants(const ProgramShape& shape, const llvm::Function& body, VariantsWanted wanted) {
  bool is_probe = shape.context == ContextKind::kRegisters && body.arg_size() <= 7;
  if (!is_probe) return {};
  std::vector<std::string> kinds;
  const std::string& kind = shape.hook.kind;
  bool enters = kind.empty() || kind == "kprobe", returns = kind.empty() || kind == "kretprobe";
  bool of_system_call = wanted.system_calls && (kind.empty() || shape.reads_syscall_registers);
  if (of_system_call && enters) kinds.push_back("syscall_enter");
  if (of_system_call && returns) kinds.push_back("syscall_exit");
  if (wanted.trampolines && enters) kinds.push_back("fentry");
  if (wanted.trampolines && returns) kinds.push_back("fexit");
  return kinds;
}

void settle_variants(std::vector<Entry>& entries, VariantsWanted wanted) {
  for (Entry& entry : entries) {
    if (entry.variant.empty() || VariantSettler(entry, wanted.only_equal).settle()) continue;
    entry.function->eraseFromParent();
    entry.function = nullptr;
  }
}

void share_equal(std::vector<Entry>& entries) {
  const Entry* original = nullptr;
  for (Entry& entry : entries) {
    if (entry.variant.empty()) original = &entry;
    if (entry.variant.empty() || !entry.function) continue;
    std::string section = entry.function->getSection().str();
    entry.function->setSection(original->function->getSection());  // that they differ in
    llvm::GlobalNumberState numbers;
    if (llvm::FunctionComparator(original->function, entry.function, &numbers).compare() != 0) {
      entry.function->setSection(section);
      continue;
    }
    entry.found.symbol = original->function->getName().str();
    entry.function->eraseFromParent();
    entry.function = nullptr;
  }
}

}  // namespace sonde::compile
