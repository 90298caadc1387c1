// Pieces of a syntax tree, for what replaces others in it.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Expr.h>

namespace sonde::compile {

class Expressions {
 public:
  explicit Expressions(clang::ASTContext& context) : context_(context) {}

  clang::Expr* number(uint64_t value);  // an unsigned long long
  clang::Expr* converted(clang::Expr* value, clang::QualType type);
  clang::Expr* sum(clang::Expr* left, clang::Expr* right);
  clang::Expr* variable(clang::VarDecl* variable);  // its value
  // Of a function that sonde/dialect.h defines, which every program has.
  clang::Expr* call(llvm::StringRef function, llvm::ArrayRef<clang::Expr*> arguments, clang::SourceLocation where);

 protected:
  clang::ASTContext& context_;
};

}  // namespace sonde::compile
