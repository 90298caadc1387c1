#include "compile/object/source_text.h"

#include <llvm/ADT/SmallString.h>
#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>

namespace sonde::compile {
namespace {

constexpr unsigned kFileOperand = 0;  // of every DIScope

// clang splits the same path in different ways.
std::string whole_path(const llvm::DIFile& file) {
  if (llvm::sys::path::is_absolute(file.getFilename())) return file.getFilename().str();
  llvm::SmallString<128> path = file.getDirectory();
  llvm::sys::path::append(path, file.getFilename());
  return path.str().str();
}

// Only functions and their blocks: lines of code are looked up through these.
bool leads_to_lines(const llvm::DIScope& scope) {
  return llvm::isa<llvm::DISubprogram, llvm::DILexicalBlockBase, llvm::DICompileUnit>(scope);
}

void rename_in(llvm::DIScope& scope, const std::string& path, llvm::DIFile& wanted) {
  const llvm::DIFile* file = scope.getFile();
  if (file && leads_to_lines(scope) && whole_path(*file) == path) scope.replaceOperandWith(kFileOperand, &wanted);
}

// As LLVM puts it together for BTF.
std::string name_in_btf(const llvm::DIFile& file) {
  bool is_whole = file.getFilename().starts_with("/") || file.getDirectory().empty();
  return is_whole ? file.getFilename().str() : (file.getDirectory() + "/" + file.getFilename()).str();
}

// A header that clang did not embed is taken from its place, as LLVM would do it.
void add_text(const llvm::DIFile& file, SourceTexts& texts) {
  auto [known, is_new] = texts.try_emplace(name_in_btf(file));
  auto embedded = file.getSource();
  if (embedded && known->second.empty()) known->second = embedded->str();
  if (embedded || !is_new) return;
  if (auto read = llvm::MemoryBuffer::getFile(known->first)) known->second = (*read)->getBuffer().str();
}

void take_text(llvm::DIScope& scope, SourceTexts& texts) {
  const llvm::DIFile* file = scope.getFile();
  if (!file || !leads_to_lines(scope)) return;
  add_text(*file, texts);
  // An empty text, not none: LLVM would look for the file.
  auto* without = llvm::DIFile::get(file->getContext(), file->getFilename(), file->getDirectory(), std::nullopt, "");
  scope.replaceOperandWith(kFileOperand, without);
}

}  // namespace

void name_main_file(llvm::Module& module) {
  llvm::DebugInfoFinder finder;
  finder.processModule(module);
  for (auto* unit : finder.compile_units()) {
    const llvm::DIFile* file = unit->getFile();
    std::string path = whole_path(*file);
    // Without a directory: the one that the compiler runs in means nothing to the user.
    auto* wanted = llvm::DIFile::get(module.getContext(), file->getFilename(), "", std::nullopt, file->getSource());
    rename_in(*unit, path, *wanted);
    for (auto* function : finder.subprograms()) rename_in(*function, path, *wanted);
    for (auto* scope : finder.scopes()) rename_in(*scope, path, *wanted);
  }
}

SourceTexts take_texts(llvm::Module& module) {
  SourceTexts texts;
  llvm::DebugInfoFinder finder;
  finder.processModule(module);
  for (auto* unit : finder.compile_units()) take_text(*unit, texts);
  for (auto* function : finder.subprograms()) take_text(*function, texts);
  for (auto* scope : finder.scopes()) take_text(*scope, texts);
  return texts;
}

}  // namespace sonde::compile
