#include "compile/front_end/annotations.h"

#include <clang/AST/Attr.h>
#include <clang/AST/Expr.h>
#include <llvm/ADT/SmallString.h>

#include <optional>
#include <string>

namespace sonde::compile {
namespace {

std::optional<std::string> word_of(const clang::Expr* argument, clang::ASTContext& context) {
  const clang::Expr* plain = argument->IgnoreParenImpCasts();
  if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(plain))
    plain = constant->getSubExpr()->IgnoreParenImpCasts();
  if (const auto* literal = llvm::dyn_cast<clang::StringLiteral>(plain)) return literal->getString().str();
  clang::Expr::EvalResult result;
  if (!argument->getType()->isIntegerType() || !argument->EvaluateAsInt(result, context)) return std::nullopt;
  llvm::SmallString<24> digits;
  result.Val.getInt().toString(digits);
  return digits.str().str();
}

std::optional<spec::Annotation> annotation_of(const clang::AnnotateAttr& attribute, clang::ASTContext& context) {
  llvm::StringRef kind = attribute.getAnnotation();
  if (!kind.consume_front("sonde.") || kind.contains(':')) return std::nullopt;
  spec::Annotation annotation{kind.str(), {}};
  for (const clang::Expr* argument : attribute.args()) {
    if (auto word = word_of(argument, context)) annotation.words.push_back(std::move(*word));
  }
  return annotation;
}

}  // namespace

std::vector<spec::Annotation> annotations_of(const clang::Decl* decl, clang::ASTContext& context) {
  std::vector<spec::Annotation> annotations;
  for (const auto* each : decl->specific_attrs<clang::AnnotateAttr>()) {
    if (auto annotation = annotation_of(*each, context)) annotations.push_back(std::move(*annotation));
  }
  return annotations;
}

// A definition inherits of several annotations of one kind only the first, so each declaration is asked for its own.
std::vector<spec::Annotation> annotations_of_function(const clang::FunctionDecl* function, clang::ASTContext& context) {
  std::vector<spec::Annotation> annotations;
  for (const clang::FunctionDecl* each = function->getMostRecentDecl(); each; each = each->getPreviousDecl()) {
    std::vector<spec::Annotation> own;
    for (const auto* attribute : each->specific_attrs<clang::AnnotateAttr>()) {
      if (attribute->isInherited()) continue;
      if (auto annotation = annotation_of(*attribute, context)) own.push_back(std::move(*annotation));
    }
    annotations.insert(annotations.begin(), own.begin(), own.end());
  }
  return annotations;
}

}  // namespace sonde::compile
