#include "compile/headers/header_definitions.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "compile/headers/embedded_files.h"

namespace sonde::compile {
namespace {

using llvm::StringRef;

// Where names for programs are; the other headers are sonde's inside and the ready tools' own.
constexpr auto kFolders = std::to_array<std::string_view>(
    {"asm/", "bcc/", "bpf/", "linux/", "net/", "rdma/", "sonde/alternatives.h", "sonde/variables.h"});

// Where a macro is defined. Those between #if and #endif share a block.
struct Definition {
  StringRef header;
  StringRef block;
};
using Index = std::unordered_map<std::string_view, Definition>;

bool is_word(char c) { return llvm::isAlnum(c) || c == '_'; }

std::vector<StringRef> words_of(StringRef text) {
  std::vector<StringRef> words;
  while (!text.empty()) {
    StringRef word = text.take_while(is_word);
    if (!word.empty()) words.push_back(word);
    text = text.drop_front(std::max<size_t>(word.size(), 1));
  }
  return words;
}

// The line that `text` begins with, to its end: "\" continues it.
size_t line_length(StringRef text) {
  size_t end = text.find('\n');
  while (end != StringRef::npos && end > 0 && text[end - 1] == '\\') end = text.find('\n', end + 1);
  return end == StringRef::npos ? text.size() : end + 1;
}

StringRef macro_name(StringRef line) { return line.consume_front("#define ") ? line.take_while(is_word) : StringRef(); }

// A block is a macro, or what lies between #if and #endif.
size_t block_length(StringRef text) {
  if (!text.starts_with("#if")) return line_length(text);
  size_t end = text.find("\n#endif\n");
  return end == StringRef::npos ? text.size() : end + 8;
}

void index_block(StringRef header, StringRef block, Index& index) {
  for (StringRef rest = block; !rest.empty(); rest = rest.drop_front(line_length(rest))) {
    if (StringRef name = macro_name(rest); !name.empty())
      index.emplace(std::string_view(name), Definition{header, block});
  }
}

void index_header(StringRef header, StringRef text, Index& index) {
  while (!text.empty()) {
    size_t length = block_length(text);
    StringRef block = text.take_front(length);
    if (block.starts_with("#define ") || block.starts_with("#if")) index_block(header, block, index);
    text = text.drop_front(length);
  }
}

// Made when a program first misses a name: most miss none.
const Index& index() {
  static const Index made = [] {
    Index all;
    for (const EmbeddedFile& file : embedded_files()) {
      bool is_for_programs = std::ranges::any_of(kFolders, [&](auto folder) { return file.path.starts_with(folder); });
      if (is_for_programs) index_header(file.path, file.text, all);
    }
    return all;
  }();
  return made;
}

class Collector {
 public:
  Collector(std::string_view program, std::set<std::string>& taken) : taken_(taken) {
    for (StringRef word : words_of(program)) mentioned_.insert(word);
  }

  void take(StringRef name) {
    auto found = index().find(std::string_view(name));
    if (found == index().end() || !taken_.insert(name.str()).second) return;
    StringRef block = found->second.block;
    if (!blocks_.insert(block.data()).second) return;
    for (StringRef word : words_of(block)) {
      if (!mentioned_.count(word)) take(word);
    }
    text_ += block;
    if (!block.ends_with("\n")) text_ += "\n";
  }

  std::string text() && { return std::move(text_); }

 private:
  std::set<std::string>& taken_;
  std::set<StringRef> mentioned_;
  std::set<const char*> blocks_;
  std::string text_;
};

}  // namespace

std::string_view header_defining(std::string_view macro) {
  auto found = index().find(macro);
  return found == index().end() ? std::string_view() : std::string_view(found->second.header);
}

std::string definitions_of(const std::vector<std::string>& names, std::string_view program,
                           std::set<std::string>& taken) {
  Collector collector(program, taken);
  for (const auto& name : names) collector.take(name);
  return std::move(collector).text();
}

}  // namespace sonde::compile
