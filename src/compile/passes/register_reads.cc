#include "compile/passes/register_reads.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Module.h>

#include <algorithm>

#include <fmt/format.h>

#include "compile/kernel/registers.h"
#include "compile/passes/bpf_calls.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::StringRef;
using llvm::Value;

constexpr StringRef kParameter = "sonde.parameter.";
constexpr StringRef kRegister = "sonde.register.";
constexpr uint64_t kWord = 8;
constexpr uint32_t kSyscallTracepointData = 16;  // header and number; then the arguments, or the return value

llvm::CallInst* make_read(IRBuilder<>& builder, const std::string& name, Value* context, llvm::Type* type) {
  auto* module = builder.GetInsertBlock()->getModule();
  auto callee = module->getOrInsertFunction(name, llvm::FunctionType::get(type, {builder.getPtrTy()}, false));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotAccessMemory();
  function->setDoesNotThrow();
  function->setDoesNotFreeMemory();
  function->setNoSync();
  function->setWillReturn();
  return builder.CreateCall(callee, {context});
}

std::string name_of(const llvm::Type* type) {
  return type->isPointerTy() ? "ptr" : fmt::format("i{}", type->getIntegerBitWidth());
}

class Lowering {
 public:
  Lowering(llvm::Function& program, const ProgramShape& shape, const std::string& kind)
      : program_(program),
        context_(program.getArg(0)),
        shape_(shape),
        kind_(kind),
        start_(&*program.getEntryBlock().getFirstNonPHIOrDbgOrAlloca()) {}

  void lower() {
    auto reads = register_reads(program_);
    for (const auto& read : reads) {
      IRBuilder<> builder(read.call);
      auto* type = read.call->getType();
      Value* value =
          read.parameter ? parameter(builder, *read.parameter) : content_of_register(builder, read.offset, type);
      read.call->replaceAllUsesWith(value->getType() == type ? value : converted(builder, value, type));
    }
    for (const auto& read : reads) read.call->eraseFromParent();
  }

 private:
  Value* parameter(IRBuilder<>& builder, unsigned index) {
    if (kind_ == "syscall_enter") return load_word(builder, context_, kSyscallTracepointData + kWord * index);
    return shape_.reads_syscall_registers ? behind_wrapper(index, builder.getCurrentDebugLocation())
                                          : argument(builder, index);
  }

  // Of the probed function.
  Value* argument(IRBuilder<>& builder, unsigned index) {
    if (kind_ == "fentry") return fetched(builder, kGetFunctionArgument, {context_, builder.getInt64(index)});
    return load_word(builder, context_, kParameterOffsets[index]);
  }

  // The only argument of a system call's wrapper points to the registers that the system call was given. They are read
  // where the program starts: there no variable of the stack holds anything yet, and each may take what the helper
  // reads.
  Value* behind_wrapper(unsigned index, const llvm::DebugLoc& where) {
    Value*& known = behind_wrapper_[index];
    if (known) return known;
    auto* slot = unused_slot();
    IRBuilder<> builder(start_);
    builder.SetCurrentDebugLocation(where);
    if (!wrapped_) wrapped_ = builder.CreateIntToPtr(argument(builder, 0), builder.getPtrTy());
    auto* address = builder.CreateConstGEP1_64(builder.getInt8Ty(), wrapped_, kSyscallOffsets[index]);
    call_helper(builder, kProbeRead, {slot, builder.getInt64(kWord), address});
    return known = builder.CreateLoad(builder.getInt64Ty(), slot);
  }

  llvm::AllocaInst* unused_slot() {
    for (auto& instruction : program_.getEntryBlock()) {
      auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&instruction);
      if (!variable) break;
      auto size = variable->getAllocationSize(program_.getParent()->getDataLayout());
      bool is_limited = llvm::any_of(variable->users(), [](const llvm::User* user) {
        return llvm::isa<llvm::CallBase>(user) && llvm::cast<llvm::CallBase>(user)->isLifetimeStartOrEnd();
      });
      if (size && *size >= llvm::TypeSize::getFixed(kWord) && variable->getAlign() >= kWord && !is_limited)
        return variable;
    }
    return slot();
  }

  Value* content_of_register(IRBuilder<>& builder, uint64_t offset, llvm::Type* type) {
    if (kind_ == "fentry")
      return argument(builder,
                      static_cast<unsigned>(std::ranges::find(kParameterOffsets, offset) - kParameterOffsets.begin()));
    if (kind_ == "fexit") return fetched(builder, kGetFunctionReturn, {context_});
    if (kind_ == "syscall_exit") return load_word(builder, context_, kSyscallTracepointData);
    return builder.CreateLoad(type, builder.CreateConstGEP1_64(builder.getInt8Ty(), context_, offset));
  }

  // A word that a helper writes, as a number: what a trampoline's context holds the verifier takes for typed pointers,
  // with which it refuses arithmetic that it allows with a register. The slot is filled before, as old verifiers want.
  Value* fetched(IRBuilder<>& builder, uint64_t helper, llvm::ArrayRef<Value*> arguments) {
    builder.CreateStore(builder.getInt64(0), slot());
    llvm::SmallVector<Value*, 3> all(arguments);
    all.push_back(slot());
    call_helper(builder, helper, all);
    return builder.CreateLoad(builder.getInt64Ty(), slot());
  }

  llvm::AllocaInst* slot() {
    auto& first = program_.getEntryBlock();
    IRBuilder<> builder(&first, first.begin());
    if (!slot_) slot_ = builder.CreateAlloca(builder.getInt64Ty());
    return slot_;
  }

  static Value* load_word(IRBuilder<>& builder, Value* base, uint64_t offset) {
    return builder.CreateLoad(builder.getInt64Ty(), builder.CreateConstGEP1_64(builder.getInt8Ty(), base, offset));
  }

  llvm::Function& program_;
  Value* context_;
  const ProgramShape& shape_;
  const std::string& kind_;
  llvm::Instruction* start_;
  llvm::AllocaInst* slot_ = nullptr;
  Value* wrapped_ = nullptr;  // the system call's registers
  std::array<Value*, kSyscallOffsets.size()> behind_wrapper_ = {};
};

}  // namespace

Value* make_parameter_read(IRBuilder<>& builder, Value* context, unsigned index) {
  return make_read(builder, fmt::format("{}{}", std::string_view(kParameter), index), context, builder.getInt64Ty());
}

Value* make_register_read(IRBuilder<>& builder, Value* context, uint64_t offset, llvm::Type* type) {
  return make_read(builder, fmt::format("{}{}.{}", std::string_view(kRegister), offset, name_of(type)), context, type);
}

std::optional<RegisterRead> register_read(Value& value) {
  auto* call = llvm::dyn_cast<llvm::CallInst>(&value);
  auto* callee = call ? call->getCalledFunction() : nullptr;
  if (!callee) return std::nullopt;
  StringRef name = callee->getName();
  RegisterRead read{call};
  unsigned index = 0;
  if (name.consume_front(kParameter) && !name.getAsInteger(10, index)) {
    read.parameter = index;
    return read;
  }
  if (name.consume_front(kRegister) && !name.split('.').first.getAsInteger(10, read.offset)) return read;
  return std::nullopt;
}

llvm::SmallVector<RegisterRead> register_reads(llvm::Function& program) {
  llvm::SmallVector<RegisterRead> reads;
  for (auto& instruction : llvm::instructions(program)) {
    if (auto read = register_read(instruction)) reads.push_back(*read);
  }
  return reads;
}

void lower_register_reads(llvm::Function& program, const ProgramShape& shape, const std::string& kind) {
  Lowering(program, shape, kind).lower();
}

Value* converted(IRBuilder<>& builder, Value* word, llvm::Type* type) {
  if (type->isPointerTy()) return builder.CreateIntToPtr(word, type);
  if (type->isIntegerTy()) return builder.CreateZExtOrTrunc(word, type);
  return llvm::Constant::getNullValue(type);
}

}  // namespace sonde::compile
