#include "compile/passes/variants.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compile/kernel/registers.h"
#include "compile/passes/bpf_calls.h"
#include "compile/passes/perf_context.h"
#include "compile/passes/register_reads.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

constexpr uint64_t kUserStack = 1 << 8;  // BPF_F_USER_STACK
constexpr const char* kKept = "the program keeps its registers or copies them";

std::optional<unsigned> register_index(uint64_t offset) {
  auto at = std::find(kParameterOffsets.begin(), kParameterOffsets.end(), offset);
  if (at == kParameterOffsets.end()) return std::nullopt;
  return static_cast<unsigned>(at - kParameterOffsets.begin());
}

// How many of a register's bits a read of it is used for.
uint32_t bits_used(const llvm::Instruction& read) {
  uint32_t whole = read.getType()->isPointerTy() ? 64 : read.getType()->getIntegerBitWidth();
  uint32_t used = 0;
  for (const auto* user : read.users()) {
    const auto* cut = llvm::dyn_cast<llvm::TruncInst>(user);
    used = std::max(used, cut ? cut->getType()->getIntegerBitWidth() : whole);
  }
  return used;
}

// Whether a helper answers the same to a kprobe's context and to a trampoline's; where not, why.
std::string helper_difference(const llvm::CallBase& call, const Value* context) {
  uint64_t helper = helper_number(call);
  for (unsigned i = 1; i < call.arg_size(); i++) {
    if (call.getArgOperand(i) == context) return kKept;
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

// All that a program does with its context, in the order of its uses.
class ContextUses {
 public:
  struct Use {
    llvm::Instruction* instruction = nullptr;
    uint64_t offset = 0;
    std::optional<unsigned> parameter = {};  // of a read
    std::string impossible = {};             // in any other context; why
    std::string different = {};              // of a helper's call
    bool is_read() const { return impossible.empty() && llvm::isa<llvm::LoadInst>(instruction); }
  };

  explicit ContextUses(llvm::Function& program) { follow(*program.getArg(0), 0); }

  const std::vector<Use>& all() const { return uses_; }

  void make_register_reads(Value& context) {
    for (const auto& use : uses_) {
      if (!use.is_read()) continue;
      IRBuilder<> builder(use.instruction);
      use.instruction->replaceAllUsesWith(
          make_register_read(builder, &context, use.offset, use.instruction->getType()));
      use.instruction->eraseFromParent();
    }
    for (auto* field : llvm::reverse(fields_)) field->eraseFromParent();
  }

 private:
  void follow(Value& pointer, uint64_t offset) {
    for (auto* user : pointer.users()) {
      auto& instruction = *llvm::cast<llvm::Instruction>(user);
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(user)) note_call(*call, pointer, offset);
      else if (auto* field = llvm::dyn_cast<llvm::GetElementPtrInst>(user)) follow_field(*field, offset);
      else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(user))
        uses_.push_back({load, offset, {}, is_word(*load) ? "" : kKept});
      else if (llvm::isa<llvm::StoreInst>(user))
        uses_.push_back({&instruction, offset, {}, "the program writes registers or keeps their address"});
      else uses_.push_back({&instruction, offset, {}, kKept});
    }
  }

  void note_call(llvm::CallBase& call, Value& pointer, uint64_t offset) {
    Use use{&call, offset};
    if (auto read = register_read(call)) use.parameter = read->parameter;
    else if (helper_number(call) == 0 || offset != 0) use.impossible = "the program hands its registers to a function";
    else use.different = helper_difference(call, &pointer);
    uses_.push_back(std::move(use));
  }

  void follow_field(llvm::GetElementPtrInst& field, uint64_t offset) {
    llvm::APInt delta(64, 0);
    if (!field.accumulateConstantOffset(field.getModule()->getDataLayout(), delta)) {
      uses_.push_back({&field, offset, {}, "the program counts out which register it reads"});
      return;
    }
    fields_.push_back(&field);
    follow(field, offset + delta.getZExtValue());
  }

  static bool is_word(const llvm::LoadInst& load) {
    auto* type = load.getType();
    return !load.isVolatile() && !load.isAtomic() &&
           (type->isPointerTy() || (type->isIntegerTy() && type->getIntegerBitWidth() <= 64));
  }

  std::vector<Use> uses_;
  llvm::SmallVector<llvm::Instruction*> fields_;
};

// Whether one kind of context can feed a program.
class VariantSettler {
 public:
  VariantSettler(Variant& variant, const ProgramShape& shape, bool must_be_equal)
      : found_(variant.found), shape_(shape), must_be_equal_(must_be_equal) {}

  bool settle(const ContextUses& uses) {
    for (const auto& use : uses.all()) {
      if (std::string why = why_not(use); !why.empty()) {
        found_.differs = std::move(why);
        return false;
      }
    }
    return true;
  }

 private:
  std::string why_not(const ContextUses::Use& use) {
    if (!use.impossible.empty()) return use.impossible;
    if (use.parameter) return of_parameter(*use.parameter, bits_used(*use.instruction));
    if (use.is_read()) return of_register(use.offset, bits_used(*use.instruction));
    if (must_be_equal_) return use.different;
    // A kernel without kprobes can only run this variant, so it is kept, and `differs` tells the user how its values
    // differ.
    if (found_.differs.empty()) found_.differs = use.different;
    return "";
  }

  std::string of_parameter(unsigned index, uint32_t bits) {
    if (found_.kind == "syscall_enter") return "";
    return shape_.reads_syscall_registers ? of_register(kParameterOffsets[0], 64)
                                          : of_register(kParameterOffsets[index], bits);
  }

  std::string of_register(uint64_t offset, uint32_t bits) {
    if (auto index = register_index(offset); index && found_.kind == "fentry") {
      note_argument(*index, bits);
      return "";
    }
    if (offset == kReturnOffset && found_.kind == "fexit") {
      found_.reads_result = true;
      return "";
    }
    if (offset == kReturnOffset && found_.kind == "syscall_exit") return "";
    return found_.kind == "fexit" ? "the program reads registers other than the return value"
                                  : "the program reads registers that hold no argument";
  }

  void note_argument(unsigned index, uint32_t bits) {
    auto& all = found_.argument_bits;
    if (all.size() <= index) all.resize(index + 1);
    all[index] = std::max(all[index], bits);
  }

  spec::Variant& found_;
  const ProgramShape& shape_;
  bool must_be_equal_;
};

// The kernel takes fentry and fexit programs only if they return 0; kprobes' programs may return anything.
bool must_return_zero(const std::string& kind) { return kind == "fentry" || kind == "fexit"; }

llvm::SmallVector<llvm::ReturnInst*, 4> other_results(llvm::Function& program) {
  llvm::SmallVector<llvm::ReturnInst*, 4> found;
  for (auto& block : program) {
    auto* result = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
    auto* number = result ? llvm::dyn_cast<llvm::ConstantInt>(result->getReturnValue()) : nullptr;
    if (result && (!number || !number->isZero())) found.push_back(result);
  }
  return found;
}

void return_zero(llvm::Function& copy, const std::function<void(llvm::Function&)>& tidy) {
  auto results = other_results(copy);
  if (results.empty()) return;
  for (auto* result : results) result->setOperand(0, llvm::ConstantInt::get(copy.getReturnType(), 0));
  tidy(copy);
}

llvm::Function* copy_for(const Entry& entry, Variant& variant, const std::function<void(llvm::Function&)>& tidy) {
  const std::string& kind = variant.found.kind;
  auto* copy = copy_program(*entry.function, entry.program->name + "__" + kind);
  if (must_return_zero(kind)) return_zero(*copy, tidy);
  lower_register_reads(*copy, *entry.program, kind);
  return copy;
}

}  // namespace

std::vector<std::string> possible_variants(const ProgramShape& shape, const llvm::Function& body,
                                           VariantsWanted wanted) {
  bool is_probe = shape.context == ContextKind::kRegisters && body.arg_size() <= 7;
  if (!is_probe) return {};
  std::vector<std::string> kinds;
  bool any = shape.hook.kind == HookKind::kNone;
  bool enters = any || shape.hook.kind == HookKind::kKprobe, returns = any || shape.hook.kind == HookKind::kKretprobe;
  bool of_system_call = wanted.system_calls && (any || shape.reads_syscall_registers);
  if (of_system_call && enters) kinds.push_back("syscall_enter");
  if (of_system_call && returns) kinds.push_back("syscall_exit");
  if (wanted.trampolines && enters) kinds.push_back("fentry");
  if (wanted.trampolines && returns) kinds.push_back("fexit");
  return kinds;
}

void settle_variants(std::vector<Entry>& entries, VariantsWanted wanted) {
  for (Entry& entry : entries) {
    if (entry.variants.empty()) continue;
    ContextUses uses(*entry.function);
    bool is_any_possible = false;
    for (Variant& variant : entry.variants) {
      variant.is_possible = VariantSettler(variant, *entry.program, wanted.only_equal).settle(uses);
      is_any_possible |= variant.is_possible;
    }
    if (is_any_possible) uses.make_register_reads(*entry.function->getArg(0));
  }
}

void make_variants(std::vector<Entry>& entries, const std::function<void(llvm::Function&)>& tidy) {
  for (Entry& entry : entries) {
    bool reads = !register_reads(*entry.function).empty(), returns = !other_results(*entry.function).empty();
    for (Variant& variant : entry.variants) {
      if (!variant.is_possible) continue;
      bool is_program = !reads && (!returns || !must_return_zero(variant.found.kind));
      if (!is_program) variant.function = copy_for(entry, variant, tidy);
      variant.found.symbol = (is_program ? entry.function : variant.function)->getName().str();
    }
    if (!reads) continue;
    lower_register_reads(*entry.function, *entry.program, "");
    read_whole_registers(entry);
  }
}

}  // namespace sonde::compile
