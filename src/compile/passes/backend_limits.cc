#include "compile/passes/backend_limits.h"

#include <llvm/IR/CFG.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

#include <fmt/format.h>

#include <set>

#include "compile/passes/bpf_calls.h"

namespace sonde::compile {
namespace {

using llvm::AtomicRMWInst;
using llvm::Instruction;

constexpr unsigned kMaxArguments = 5;
constexpr const char* kComputedJump = "BPF has no jumps to a computed label";

bool is_atomic_width(llvm::Type* type) { return type->isIntegerTy(32) || type->isIntegerTy(64) || type->isPointerTy(); }

bool is_floating(const llvm::Type* type) { return type->getScalarType()->isFloatingPointTy(); }

std::string of_atomic(const AtomicRMWInst& operation) {
  switch (operation.getOperation()) {
    case AtomicRMWInst::Xchg:
    case AtomicRMWInst::Add:
    case AtomicRMWInst::Sub:
    case AtomicRMWInst::And:
    case AtomicRMWInst::Or:
    case AtomicRMWInst::Xor: break;
    default:
      return fmt::format("BPF has no atomic '{}'",
                         std::string_view(AtomicRMWInst::getOperationName(operation.getOperation())));
  }
  return is_atomic_width(operation.getType()) ? "" : "atomic operations of BPF have 4 or 8 bytes";
}

std::string of_call(const llvm::CallBase& call) {
  switch (call.getIntrinsicID()) {
    case llvm::Intrinsic::frameaddress:
    case llvm::Intrinsic::returnaddress: return "a BPF program cannot ask for the address of its frame or caller";
    case llvm::Intrinsic::trap:
    case llvm::Intrinsic::debugtrap:
    case llvm::Intrinsic::ubsantrap: return "a BPF program cannot trap";
    case llvm::Intrinsic::vastart:
    case llvm::Intrinsic::vacopy:
    case llvm::Intrinsic::vaend: return "variadic functions are not supported";
    case llvm::Intrinsic::is_fpclass: return "BPF has no floating point";
    case llvm::Intrinsic::fabs:
    case llvm::Intrinsic::copysign: return "";
    case llvm::Intrinsic::not_intrinsic: break;
    default: return is_floating(call.getType()) ? "BPF has no floating point" : "";
  }
  if (call.isInlineAsm()) return "";
  bool is_indirect =
      !call.getCalledFunction() && !helper_number(call) && !llvm::isa<llvm::Constant>(call.getCalledOperand());
  if (is_indirect) return "BPF has no calls through a pointer";
  if (call.arg_size() > kMaxArguments) return fmt::format("a call in BPF has at most {} arguments", kMaxArguments);
  return call.hasByValArgument() ? "a struct of more than 16 bytes cannot be passed to a function that is not inlined"
                                 : "";
}

// Copies of such numbers, and what changes their sign, are operations on bits.
bool counts_floating(const Instruction& instruction) {
  if (llvm::isa<llvm::BinaryOperator, llvm::FCmpInst>(instruction))
    return is_floating(instruction.getOperand(0)->getType());
  switch (instruction.getOpcode()) {
    case Instruction::FPToUI:
    case Instruction::FPToSI:
    case Instruction::UIToFP:
    case Instruction::SIToFP:
    case Instruction::FPTrunc:
    case Instruction::FPExt: return true;
    default: return false;
  }
}

bool divides_wide(const Instruction& instruction) {
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(&instruction);
  return operation && operation->isIntDivRem() && operation->getType()->getScalarSizeInBits() > 64;
}

// Nothing if BPF can do it.
std::string impossible(const Instruction& instruction) {
  if (auto* operation = llvm::dyn_cast<AtomicRMWInst>(&instruction)) return of_atomic(*operation);
  if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction)) {
    return is_atomic_width(exchange->getNewValOperand()->getType()) ? "" : "atomic operations of BPF have 4 or 8 bytes";
  }
  if (counts_floating(instruction)) return "BPF has no floating point";
  if (divides_wide(instruction)) return "BPF cannot divide numbers of 128 bits";
  if (instruction.isAtomic() && !llvm::isa<llvm::FenceInst>(instruction))
    return "atomic reads and writes of BPF have at most 8 bytes";
  if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) return of_call(*call);
  return "";
}

bool has_label_address(const Instruction& instruction) {
  return llvm::any_of(instruction.operands(), [](const llvm::Use& operand) {
    auto* constant = llvm::dyn_cast<llvm::Constant>(operand);
    return constant && llvm::isa<llvm::BlockAddress>(constant->stripPointerCasts());
  });
}

// Where the code of one function is impossible: each mistake once a line, as an expression has several instructions.
class FunctionCheck {
 public:
  FunctionCheck(llvm::Function& function, const Complain& complain) : function_(function), complain_(complain) {}

  bool is_good() {
    for (auto& instruction : llvm::instructions(function_)) {
      if (std::string why = impossible(instruction); !why.empty()) say(instruction, why);
    }
    if (said_.empty()) check_labels();
    check_result();
    return said_.empty();
  }

 private:
  void say(const Instruction& instruction, const std::string& why) {
    const llvm::DILocation* where = instruction.getDebugLoc();
    if (said_.emplace(where ? where->getLine() : 0, why).second) complain_at(instruction, why, complain_);
  }

  void check_result() {
    auto* result = function_.getReturnType();
    if (function_.isDeclaration() || !result->isIntegerTy() || result->getIntegerBitWidth() <= 64) return;
    say_of_function("a function that is not inlined returns at most 8 bytes");
  }

  void say_of_function(const std::string& why) {
    const auto* described = function_.getSubprogram();
    complain_(why, described ? described->getLine() : 0, 1);
    said_.emplace(0, why);
  }

  // The optimizer moves labels' addresses away from where they were taken.
  void check_labels() {
    if (llvm::any_of(llvm::instructions(function_), has_label_address)) say_of_function(kComputedJump);
  }

  llvm::Function& function_;
  const Complain& complain_;
  std::set<std::pair<unsigned, std::string>> said_;
};

}  // namespace

// clang makes one such jump of a function; each `goto *label` leads to it.
bool check_jumps(llvm::Module& module, const Complain& complain) {
  bool is_good = true;
  for (auto& function : module) {
    for (auto& block : function) {
      if (!llvm::isa<llvm::IndirectBrInst>(block.getTerminator())) continue;
      const Instruction* jump = block.getTerminator();
      for (auto* before : llvm::predecessors(&block)) jump = before->getTerminator();
      complain_at(*jump, kComputedJump, complain);
      is_good = false;
    }
  }
  return is_good;
}

bool check_instructions(llvm::Module& module, const Complain& complain) {
  bool is_good = true;
  for (auto& function : module) is_good &= FunctionCheck(function, complain).is_good();
  return is_good;
}

}  // namespace sonde::compile
