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

std::optional<spec::Note> note_of(const clang::AnnotateAttr& attribute, clang::ASTContext& context) {
  llvm::StringRef kind = attribute.getAnnotation();
  if (!kind.consume_front("sonde.") || kind.contains(':')) return std::nullopt;
  spec::Note note{kind.str(), {}};
  for (const clang::Expr* argument : attribute.args()) {
    if (auto word = word_of(argument, context)) note.words.push_back(std::move(*word));
  }
  return note;
}

}  // namespace

std::vector<spec::Note> notes_of(const clang::Decl* decl, clang::ASTContext& context) {
  std::vector<spec::Note> notes;
  for (const auto* each : decl->specific_attrs<clang::AnnotateAttr>()) {
    if (auto note = note_of(*each, context)) notes.push_back(std::move(*note));
  }
  return notes;
}

// A definition inherits of several annotations of one kind only the first, so each declaration is asked for its own.
std::vector<spec::Note> notes_of_function(const clang::FunctionDecl* function, clang::ASTContext& context) {
  std::vector<spec::Note> notes;
  for (const clang::FunctionDecl* each = function->getMostRecentDecl(); each; each = each->getPreviousDecl()) {
    std::vector<spec::Note> own;
    for (const auto* attribute : each->specific_attrs<clang::AnnotateAttr>()) {
      if (attribute->isInherited()) continue;
      if (auto note = note_of(*attribute, context)) own.push_back(std::move(*note));
    }
    notes.insert(notes.begin(), own.begin(), own.end());
  }
  return notes;
}

}  // namespace sonde::compile
