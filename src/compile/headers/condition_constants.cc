// Defines the kernel's constants that a file names in its preprocessor conditions, before the file is read.
#include "compile/headers/condition_constants.h"

#include <clang/Basic/SourceManager.h>
#include <clang/Lex/MacroInfo.h>
#include <clang/Lex/PPCallbacks.h>
#include <llvm/ADT/StringExtras.h>

#include <fmt/format.h>

#include "compile/headers/virtual_files.h"

namespace sonde::compile {
namespace {

using llvm::StringRef;

// The condition of a line `#if …`, `#elif …`, `#ifdef …`; empty if it is none.
StringRef condition(StringRef line) {
  line = line.ltrim();
  if (!line.consume_front("#")) return {};
  line = line.ltrim();
  return line.consume_front("if") || line.consume_front("elif") ? line : StringRef();
}

std::vector<StringRef> words(StringRef text) {
  std::vector<StringRef> found;
  auto belongs = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  while (!text.empty()) {
    StringRef word = text.take_while(belongs);
    if (!word.empty()) found.push_back(word);
    text = text.drop_front(std::max<size_t>(word.size(), 1));
  }
  return found;
}

class Conditions : public clang::PPCallbacks {
 public:
  Conditions(clang::Preprocessor& preprocessor, const Target& target) : preprocessor_(preprocessor), target_(target) {}

  void FileChanged(clang::SourceLocation where, FileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                   clang::FileID) override {
    auto& sources = preprocessor_.getSourceManager();
    if (reason != EnterFile || sources.getBufferName(where).starts_with(kVirtualInclude)) return;
    StringRef text = sources.getBufferData(sources.getFileID(where)), line;
    bool continues = false;
    while (!text.empty()) {
      std::tie(line, text) = text.split('\n');
      StringRef named = continues ? line : condition(line);
      for (StringRef word : words(named)) define(word, where);
      continues = !named.empty() && line.rtrim().ends_with("\\");
    }
  }

 private:
  void define(StringRef name, clang::SourceLocation where) {
    auto constant = target_.constant(std::string_view(name));
    if (!constant || (!constant->is_unsigned && static_cast<int64_t>(constant->value) < 0))
      return;  // more than one token
    auto* identifier = preprocessor_.getIdentifierInfo(name);
    if (preprocessor_.isMacroDefined(identifier)) return;
    clang::Token number;
    number.startToken();
    number.setKind(clang::tok::numeric_constant);
    const char* suffix = constant->is_unsigned ? (constant->bits > 32 ? "UL" : "U") : (constant->bits > 32 ? "L" : "");
    preprocessor_.CreateString(fmt::format("{}{}", static_cast<uint64_t>(constant->value), suffix), number, where,
                               where);
    auto* macro = preprocessor_.AllocateMacroInfo(where);
    macro->setTokens(number, preprocessor_.getPreprocessorAllocator());
    macro->setDefinitionEndLoc(where);
    preprocessor_.appendDefMacroDirective(identifier, macro);
  }

  clang::Preprocessor& preprocessor_;
  const Target& target_;
};

}  // namespace

void define_constants_of_conditions(clang::Preprocessor& preprocessor, const Target& target) {
  preprocessor.addPPCallbacks(std::make_unique<Conditions>(preprocessor, target));
}

}  // namespace sonde::compile
