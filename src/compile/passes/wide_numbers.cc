#include "compile/passes/wide_numbers.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace sonde::compile {
namespace {

using llvm::BinaryOperator;
using llvm::Instruction;
using llvm::Value;

struct Halves {
  Value* low;
  Value* high;
};

class WideBuilder {
 public:
  explicit WideBuilder(Instruction& at) : builder_(&at) {}

  Halves halves(Value* wide) {
    return {builder_.CreateTrunc(wide, builder_.getInt64Ty()),
            builder_.CreateTrunc(builder_.CreateLShr(wide, 64), builder_.getInt64Ty())};
  }

  Value* whole(Halves parts) {
    auto* wide = builder_.getInt128Ty();
    return builder_.CreateOr(builder_.CreateShl(builder_.CreateZExt(parts.high, wide), 64),
                             builder_.CreateZExt(parts.low, wide));
  }

  // As on paper, with 32 bits a digit.
  Halves multiply(Value* a, Value* b) {
    Value *a0 = low_digit(a), *a1 = high_digit(a), *b0 = low_digit(b), *b1 = high_digit(b);
    Value* low = builder_.CreateMul(a0, b0);
    Value* first = builder_.CreateAdd(builder_.CreateMul(a1, b0), high_digit(low));
    Value* second = builder_.CreateAdd(builder_.CreateMul(a0, b1), low_digit(first));
    Value* high =
        builder_.CreateAdd(builder_.CreateAdd(builder_.CreateMul(a1, b1), high_digit(first)), high_digit(second));
    return {builder_.CreateMul(a, b), high};
  }

  Value* multiply_wide(Value* left, Value* right) {
    Halves a = halves(left), b = halves(right), product = multiply(a.low, b.low);
    Value* crossed = builder_.CreateAdd(builder_.CreateMul(a.low, b.high), builder_.CreateMul(a.high, b.low));
    return whole({product.low, builder_.CreateAdd(product.high, crossed)});
  }

  // {product, whether it lost bits}
  Value* multiply_checked(Value* a, Value* b, bool is_signed, llvm::Type* pair) {
    Halves product = multiply(a, b);
    Value* lost = is_signed
                      ? builder_.CreateICmpNE(signed_high(product.high, a, b), builder_.CreateAShr(product.low, 63))
                      : builder_.CreateICmpNE(product.high, builder_.getInt64(0));
    Value* result = builder_.CreateInsertValue(llvm::PoisonValue::get(pair), product.low, 0);
    return builder_.CreateInsertValue(result, lost, 1);
  }

  Value* shift(Instruction::BinaryOps operation, Value* number, Value* by) {
    Halves parts = halves(number);
    Value* count = halves(by).low;
    if (operation == Instruction::Shl) return whole(shift_left(parts, count));
    return whole(shift_right(parts, count, operation == Instruction::AShr));
  }

 private:
  Value* low_digit(Value* number) { return builder_.CreateAnd(number, 0xffffffff); }
  Value* high_digit(Value* number) { return builder_.CreateLShr(number, 32); }

  // The upper half if `a` and `b` have signs: each negative one stands for 2^64 less.
  Value* signed_high(Value* high, Value* a, Value* b) {
    high = builder_.CreateSub(high, builder_.CreateAnd(builder_.CreateAShr(a, 63), b));
    return builder_.CreateSub(high, builder_.CreateAnd(builder_.CreateAShr(b, 63), a));
  }

  // What one half gives the other: in two steps, as a shift by 64 means nothing.
  Value* spill_up(Value* low, Value* count) {
    return builder_.CreateLShr(builder_.CreateLShr(low, 1), builder_.CreateSub(builder_.getInt64(63), within(count)));
  }
  Value* spill_down(Value* high, Value* count) {
    return builder_.CreateShl(builder_.CreateShl(high, 1), builder_.CreateSub(builder_.getInt64(63), within(count)));
  }
  Value* within(Value* count) { return builder_.CreateAnd(count, 63); }
  Value* is_far(Value* count) { return builder_.CreateICmpUGT(count, builder_.getInt64(63)); }

  Halves shift_left(Halves parts, Value* count) {
    Value* low = builder_.CreateShl(parts.low, within(count));
    Value* high = builder_.CreateOr(builder_.CreateShl(parts.high, within(count)), spill_up(parts.low, count));
    Value* far = is_far(count);
    return {builder_.CreateSelect(far, builder_.getInt64(0), low), builder_.CreateSelect(far, low, high)};
  }

  Halves shift_right(Halves parts, Value* count, bool keeps_sign) {
    Value* high =
        keeps_sign ? builder_.CreateAShr(parts.high, within(count)) : builder_.CreateLShr(parts.high, within(count));
    Value* low = builder_.CreateOr(builder_.CreateLShr(parts.low, within(count)), spill_down(parts.high, count));
    Value* far = is_far(count);
    Value* rest = keeps_sign ? builder_.CreateAShr(parts.high, 63) : builder_.getInt64(0);
    return {builder_.CreateSelect(far, high, low), builder_.CreateSelect(far, rest, high)};
  }

  llvm::IRBuilder<> builder_;
};

bool is_shift(const BinaryOperator& operation) {
  return operation.isShift() && !llvm::isa<llvm::ConstantInt>(operation.getOperand(1));
}

void lower_operation(BinaryOperator& operation) {
  WideBuilder builder(operation);
  Value* left = operation.getOperand(0);
  Value* right = operation.getOperand(1);
  Value* result = operation.getOpcode() == Instruction::Mul ? builder.multiply_wide(left, right)
                                                            : builder.shift(operation.getOpcode(), left, right);
  operation.replaceAllUsesWith(result);
  operation.eraseFromParent();
}

void lower_checked(llvm::WithOverflowInst& checked) {
  Value* result =
      WideBuilder(checked).multiply_checked(checked.getLHS(), checked.getRHS(), checked.isSigned(), checked.getType());
  checked.replaceAllUsesWith(result);
  checked.eraseFromParent();
}

}  // namespace

void lower_wide_numbers(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      auto* checked = llvm::dyn_cast<llvm::WithOverflowInst>(&instruction);
      if (checked && checked->getBinaryOp() == Instruction::Mul && checked->getLHS()->getType()->isIntegerTy(64)) {
        lower_checked(*checked);
        continue;
      }
      auto* operation = llvm::dyn_cast<BinaryOperator>(&instruction);
      if (!operation || !operation->getType()->isIntegerTy(128)) continue;
      if (operation->getOpcode() == Instruction::Mul || is_shift(*operation)) lower_operation(*operation);
    }
  }
}

}  // namespace sonde::compile
