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
  if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(plain)) plain = constant->getSubExpr()->IgnoreParenImpCasts();
  if (const auto* literal = llvm::dyn_cast<clang::StringLiteral>(plain)) return literal->getString().str();
  clang::Expr::EvalResult result;
  if (!argument->getType()->isIntegerType() || !argument->EvaluateAsInt(result, context)) return std::nullopt;
  llvm::SmallString<24> digits;
  result.Val.getInt().toString(digits);
  return digits.str().str();
}

}  // namespace

std::vector<spec::Note> notes_of(const clang::Decl* decl, clang::ASTContext& context) {
  std::vector<spec::Note> notes;
  for (const auto* each : decl->specific_attrs<clang::AnnotateAttr>()) {
    llvm::StringRef kind = each->getAnnotation();
    if (!kind.consume_front("sonde.") || kind.contains(':')) continue;
    spec::Note note{kind.str(), {}};
    for (const clang::Expr* argument : each->args()) {
      if (auto word = word_of(argument, context)) note.words.push_back(std::move(*word));
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace sonde::compile
