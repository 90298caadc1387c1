#include "compile/diagnostics/rewording.h"

#include <llvm/ADT/StringRef.h>

namespace sonde::compile {
namespace {

constexpr std::string_view kTypeOf = "typeof(";
constexpr std::string_view kMapPrefix = "__sonde_map_";
constexpr std::string_view kAlias = " (aka ";

void erase_all(std::string& text, std::string_view part) {
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at)) text.erase(at, part.size());
}

// 'typeof(u32) *' -> 'u32 *': the map macros write every type so.
void without_typeof(std::string& text) {
  for (size_t at = text.find(kTypeOf); at != text.npos; at = text.find(kTypeOf, at)) {
    int depth = 1;
    size_t end = at + kTypeOf.size();
    while (end < text.size() && (depth += (text[end] == '(') - (text[end] == ')')) > 0) ++end;
    if (end >= text.size()) return;
    text.erase(end, 1);
    text.erase(at, kTypeOf.size());
  }
}

// 'const typeof(u32) *' (aka 'const unsigned int *') -> 'typeof(u32) *' (aka 'unsigned int *'): methods promise not to
// write keys and values, which is beside the point when something else is passed.
void without_const_of_parameters(std::string& text) {
  constexpr std::string_view kConst = "const ";
  size_t at = text.find("'const typeof(");
  if (at == text.npos) return;
  text.erase(at + 1, kConst.size());
  size_t alias = text.find(" (aka 'const ", at);
  if (alias != text.npos) text.erase(alias + kAlias.size() + 1, kConst.size());
}

// 'struct key_t *' (aka 'struct key_t *') -> 'struct key_t *'
void without_empty_aliases(std::string& text) {
  for (size_t at = text.find(kAlias); at != text.npos; at = text.find(kAlias, at + 1)) {
    size_t end = text.find(')', at);
    if (end == text.npos) return;
    std::string_view same = std::string_view(text).substr(at + kAlias.size(), end - at - kAlias.size());
    if (llvm::StringRef(text.data(), at).ends_with(llvm::StringRef(same.data(), same.size())))
      text.erase(at, end + 1 - at);
  }
}

// Checks in sonde's headers say all in their own text.
void without_requirement(std::string& text) {
  constexpr std::string_view kFailed = "static assertion failed due to requirement '";
  size_t end = text.find("': ");
  if (text.starts_with(kFailed) && text.find("__builtin_constant_p") < end) text.erase(0, end + 3);
}

// What is said the same way every time, in words that mean something to the user.
struct Rewording {
  std::string_view whose;  // what the message begins with
  std::string_view words;
};
constexpr Rewording kRewordings[] = {
    {"cannot use an empty string literal in 'asm'", "a map needs a name"},
    {"static assertion failed: too many arguments", "too many arguments for this macro"},
    {"static assertion failed: too few arguments", "too few arguments for this macro"},
    {"Looks like the BPF stack limit is exceeded", "the stack limit is exceeded"},
};

}  // namespace

std::string in_the_dialects_words(std::string_view message) {
  std::string text(message);
  constexpr std::string_view kRedefined = "redefinition of enumerator '__sonde_type_";
  if (text.starts_with(kRedefined)) text.replace(0, kRedefined.size(), "redefinition of '");
  for (const auto& [whose, words] : kRewordings) {
    if (text.starts_with(whose)) text = words;
  }
  erase_all(text, kMapPrefix);
  erase_all(text, "; ISO C99 and later do not support implicit function declarations");
  erase_all(text, "; ISO C99 and later do not support implicit int");
  without_requirement(text);
  without_const_of_parameters(text);
  without_typeof(text);
  without_empty_aliases(text);
  return text;
}

bool is_misleading(std::string_view note) {
  return note.starts_with("include the header <") || note.starts_with("did you mean to provide an explicit length") ||
         note.starts_with("use -fbracket-depth");
}

}  // namespace sonde::compile
