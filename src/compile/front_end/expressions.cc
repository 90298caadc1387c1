#include "compile/front_end/expressions.h"

#include <clang/AST/Decl.h>

namespace sonde::compile {

using clang::Expr;
using clang::QualType;
using llvm::StringRef;

Expr* Expressions::number(uint64_t value) {
  return clang::IntegerLiteral::Create(context_, llvm::APInt(64, value), context_.UnsignedLongLongTy, {});
}

Expr* Expressions::converted(Expr* value, QualType type) {
  QualType from = value->getType();
  if (context_.hasSameUnqualifiedType(from, type)) return value;
  auto kind = from->isPointerType()   ? clang::CK_PointerToIntegral
              : type->isPointerType() ? clang::CK_IntegralToPointer
              : type->isBooleanType() ? clang::CK_IntegralToBoolean
                                      : clang::CK_IntegralCast;
  return clang::ImplicitCastExpr::Create(context_, type, kind, value, nullptr, clang::VK_PRValue, {});
}

Expr* Expressions::sum(Expr* left, Expr* right) {
  return clang::BinaryOperator::Create(context_, left, right, clang::BO_Add, context_.UnsignedLongLongTy,
                                       clang::VK_PRValue, clang::OK_Ordinary, left->getExprLoc(), {});
}

Expr* Expressions::call(StringRef name, llvm::ArrayRef<Expr*> arguments, clang::SourceLocation where) {
  auto found = context_.getTranslationUnitDecl()->lookup(&context_.Idents.get(name));
  auto* function = llvm::cast<clang::FunctionDecl>(found.front());
  function->markUsed(context_);
  auto* named =
      clang::DeclRefExpr::Create(context_, {}, {}, function, false, where, function->getType(), clang::VK_LValue);
  auto* callee =
      clang::ImplicitCastExpr::Create(context_, context_.getPointerType(function->getType()),
                                      clang::CK_FunctionToPointerDecay, named, nullptr, clang::VK_PRValue, {});
  llvm::SmallVector<Expr*, 5> handed;
  for (auto [argument, parameter] : llvm::zip(arguments, function->parameters())) {
    handed.push_back(converted(argument, parameter->getType()));
  }
  return clang::CallExpr::Create(context_, callee, handed, function->getReturnType(), clang::VK_PRValue, where, {});
}

Expr* Expressions::variable(clang::VarDecl* declared) {
  auto* named = clang::DeclRefExpr::Create(context_, {}, {}, declared, false, declared->getLocation(),
                                           declared->getType(), clang::VK_LValue);
  return clang::ImplicitCastExpr::Create(context_, declared->getType(), clang::CK_LValueToRValue, named, nullptr,
                                         clang::VK_PRValue, {});
}

}  // namespace sonde::compile
