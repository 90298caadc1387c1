#include "compile/front_end/own_definitions.h"

#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/MacroInfo.h>
#include <clang/Lex/PPCallbacks.h>
#include <llvm/ADT/StringSet.h>

#include "compile/headers/virtual_files.h"

namespace sonde::compile {
namespace {

using clang::Token;
using clang::tok::TokenKind;
using llvm::StringRef;
namespace tok = clang::tok;

// Capitals are the dialect's: `int BPF_KPROBE(name, int fd) {` looks like a definition of BPF_KPROBE, and `__` is said
// to the compiler: `int __section("x") f() {`.
bool may_be_own(StringRef name) { return !name.starts_with("__") && name == name.lower(); }

// Names of functions that the file defines: `name(`, behind a type, whose `)` is followed by `{`, outside of
// everything.
class DefinitionFinder {
 public:
  DefinitionFinder(StringRef text, const clang::LangOptions& language)
      : lexer_(clang::SourceLocation(), language, text.begin(), text.begin(), text.end()) {}

  void add_to(llvm::StringSet<>& names) {
    Token token;
    for (lexer_.LexFromRawLexer(token); token.isNot(tok::eof); lexer_.LexFromRawLexer(token)) {
      if (token.isAtStartOfLine() && token.is(tok::hash)) skip_line(token);
      if (!braces_ && !parentheses_) look_outside(token, names);
      count(token);
      if (token.isNot(tok::raw_identifier)) previous_is_type_ = token.isOneOf(tok::star, tok::r_paren);
    }
  }

 private:
  void skip_line(Token& token) {
    do lexer_.LexFromRawLexer(token);
    while (token.isNot(tok::eof) && !token.isAtStartOfLine());
  }

  void look_outside(const Token& token, llvm::StringSet<>& names) {
    if (token.is(tok::raw_identifier)) {
      candidate_ = previous_is_type_ ? token.getRawIdentifier() : StringRef();
      previous_is_type_ = true;
    } else if (token.is(tok::l_brace) && closed_) {
      if (may_be_own(candidate_)) names.insert(candidate_);
    } else if (token.isNot(tok::l_paren)) {
      candidate_ = {};
    }
    closed_ = false;
  }

  void count(const Token& token) {
    if (token.is(tok::l_brace)) ++braces_;
    if (token.is(tok::r_brace) && braces_) --braces_;
    if (token.is(tok::l_paren)) ++parentheses_;
    if (token.is(tok::r_paren) && parentheses_ && --parentheses_ == 0) closed_ = !candidate_.empty();
  }

  clang::Lexer lexer_;
  int braces_ = 0, parentheses_ = 0;
  bool previous_is_type_ = false;  // an identifier, a star, the end of an attribute
  bool closed_ = false;            // the parentheses behind the candidate, just now
  StringRef candidate_;
};

bool is_ours(const clang::SourceManager& sources, clang::SourceLocation where) {
  return sources.getBufferName(sources.getSpellingLoc(where)).starts_with(kVirtualInclude);
}

class OwnDefinitions : public clang::PPCallbacks {
 public:
  explicit OwnDefinitions(clang::Preprocessor& preprocessor) : preprocessor_(preprocessor) {}

  void FileChanged(clang::SourceLocation where, FileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                   clang::FileID) override {
    auto& sources = preprocessor_.getSourceManager();
    if (reason != EnterFile || sources.isWrittenInBuiltinFile(where) || is_ours(sources, where)) return;
    llvm::StringSet<> found;
    DefinitionFinder(sources.getBufferData(sources.getFileID(where)), preprocessor_.getLangOpts()).add_to(found);
    for (const auto& name : found) {
      names_.insert(name.getKey());
      undefine(*preprocessor_.getIdentifierInfo(name.getKey()), where);
    }
  }

  void MacroDefined(const Token& name, const clang::MacroDirective* directive) override {
    if (names_.empty()) return;
    auto* identifier = name.getIdentifierInfo();
    if (names_.contains(identifier->getName())) undefine(*identifier, directive->getLocation());
  }

 private:
  void undefine(clang::IdentifierInfo& identifier, clang::SourceLocation where) {
    const auto* macro = preprocessor_.getMacroInfo(&identifier);
    if (!macro || !macro->isFunctionLike() || !is_ours(preprocessor_.getSourceManager(), macro->getDefinitionLoc()))
      return;
    auto& allocator = preprocessor_.getPreprocessorAllocator();
    preprocessor_.appendMacroDirective(&identifier, new (allocator) clang::UndefMacroDirective(where));
  }

  clang::Preprocessor& preprocessor_;
  llvm::StringSet<> names_;
};

}  // namespace

void keep_own_definitions(clang::Preprocessor& preprocessor) {
  preprocessor.addPPCallbacks(std::make_unique<OwnDefinitions>(preprocessor));
}

}  // namespace sonde::compile
