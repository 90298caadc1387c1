#include "compile/object/object_file.h"

#include <llvm/ObjCopy/CommonConfig.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/raw_ostream.h>

#include <set>
#include <vector>

#include "compile/object/btf_lines.h"

namespace sonde::compile {
namespace {

// Loaders find out themselves where a section's variables and instructions are. And objcopy lets the relocations of a
// section that it updates refer to the old one, which it has freed: the object would have what is there by then as the
// section's number.
constexpr const char* kBtfRelocations[] = {".rel.BTF", ".rel.BTF.ext"};

// The loader looks for every section that BTF describes.
bool is_described(const llvm::object::ObjectFile& object, llvm::StringRef section_name) {
  for (const auto& section : object.sections()) {
    if (auto name = section.getName(); !name || *name != ".BTF") continue;
    auto bytes = section.getContents();
    return bytes && bytes->contains('\0' + section_name.str() + '\0');
  }
  return false;
}

// Constants that ended up as immediate values leave their section behind, and a loader would make a map of it.
std::vector<std::string> unused_constants(const llvm::object::ObjectFile& object) {
  std::set<std::string> used;
  for (const auto& section : object.sections()) {
    for (const auto& relocation : section.relocations()) {
      auto symbol = relocation.getSymbol();
      if (symbol == object.symbol_end()) continue;
      auto target = symbol->getSection();
      if (!target) {
        llvm::consumeError(target.takeError());
      } else if (*target != object.section_end()) {
        if (auto name = (*target)->getName()) used.insert(name->str());
      }
    }
  }
  std::vector<std::string> unused;
  for (const auto& section : object.sections()) {
    auto name = section.getName();
    bool is_unused = name && name->starts_with(".rodata") && !used.count(name->str());
    if (is_unused && !is_described(object, *name)) unused.push_back(name->str());
  }
  return unused;
}

std::string text_of(llvm::Error error) { return llvm::toString(std::move(error)); }

}  // namespace

Result<std::string> finish_object(const std::string& object, const SourceTexts& texts, const spec::Spec& spec) {
  auto parsed = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, "object"));
  if (!parsed)
    return base::fail(ErrorKind::kFailed, "LLVM wrote an object it cannot read: " + text_of(parsed.takeError()));
  llvm::objcopy::ConfigManager config;
  config.Common.StripDebug = true;
  std::vector<std::string> unused = unused_constants(**parsed);
  unused.insert(unused.end(), std::begin(kBtfRelocations), std::end(kBtfRelocations));
  for (const auto& name : unused) {
    auto pattern = llvm::objcopy::NameOrPattern::create(name, llvm::objcopy::MatchStyle::Literal,
                                                        [](llvm::Error error) { return error; });
    if (pattern) (void)!!config.Common.ToRemove.addMatcher(std::move(pattern));
  }
  BtfSections btf = with_lines(**parsed, texts);
  if (!btf.lines.empty()) {
    config.Common.UpdateSection.emplace_back(".BTF", llvm::MemoryBuffer::getMemBuffer(btf.types, "", false));
    config.Common.UpdateSection.emplace_back(".BTF.ext", llvm::MemoryBuffer::getMemBuffer(btf.lines, "", false));
  }
  config.Common.AddSection.emplace_back(spec::kSectionName, llvm::MemoryBuffer::getMemBufferCopy(spec::to_json(spec)));
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  if (auto error = llvm::objcopy::executeObjcopyOnBinary(config, **parsed, stream)) {
    return base::fail(ErrorKind::kFailed, "cannot finish the object: " + text_of(std::move(error)));
  }
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace sonde::compile
