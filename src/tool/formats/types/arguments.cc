// arguments_t: a command's words. As text with blanks between them, each in quotes if asked; a list as JSON.
#include <algorithm>
#include <cstddef>

#include "tool/formats/layout.h"
#include "tool/formats/texts.h"
#include "tool/formats/value_type.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using layout::arguments_t;

constexpr size_t kTextsAt = offsetof(arguments_t, texts);

struct Arguments {
  std::vector<Text> words;
  bool in_quotes = false;
  bool lacks_words = false;

  explicit Arguments(std::string_view bytes) {
    if (bytes.size() < kTextsAt) return;
    in_quotes = unsigned_at(bytes.substr(offsetof(arguments_t, in_quotes)), 4);
    lacks_words = unsigned_at(bytes.substr(offsetof(arguments_t, is_cut)), 4);
    words = texts_of(bytes.substr(kTextsAt));
    remove_words_of_kernel(unsigned_at(bytes.substr(offsetof(arguments_t, of)), 4));
    limit(unsigned_at(bytes.substr(offsetof(arguments_t, at_most)), 4));
  }
  bool is_cut() const {
    return lacks_words || std::any_of(words.begin(), words.end(), [](const Text& word) { return word.is_cut(); });
  }

 private:
  // argv[0], which is not shown; of a script all that stands before the words of the call: the interpreter and its
  // argument, then the file. A script whose interpreter is a script has both.
  void remove_words_of_kernel(uint64_t of) {
    if (of == layout::OF_CALL || words.size() < 2) return;
    auto first = words.begin() + 1, last = first;
    if (of == layout::OF_SCRIPT)
      last = std::find_if(first, words.end(), [&](const Text& word) { return word.bytes == words[0].bytes; });
    words.erase(first, last == words.end() ? last : last + 1);
  }
  void limit(size_t at_most) {
    if (words.size() <= std::max<size_t>(at_most, 1)) return;
    words.resize(std::max<size_t>(at_most, 1));
    lacks_words = true;
  }
};

std::string quoted(const std::string& word) {
  std::string text = "\"";
  for (char c : word) text += c == '"' ? "\\\"" : std::string(1, c);
  return text + "\"";
}

std::string text(const Value& value) {
  Arguments arguments(value.bytes);
  std::string line;
  auto add = [&](const std::string& word) {
    line += (line.empty() ? "" : " ") + (arguments.in_quotes ? quoted(word) : word);
  };
  for (const Text& word : arguments.words) add(shown_text(word));
  if (arguments.lacks_words) add("...");
  return line;
}

nlohmann::json json(const Value& value) {
  nlohmann::json words = nlohmann::json::array();
  for (const Text& word : Arguments(value.bytes).words) words.push_back(json_of_text(word));
  return words;
}

}  // namespace

const ValueType& arguments_type() {
  static const ValueType kType{.name = "arguments_t",
                               .text = text,
                               .json = json,
                               .is_cut = [](const Value& value) { return Arguments(value.bytes).is_cut(); },
                               .has_unread = true,
                               .json_type = "texts"};
  return kType;
}

}  // namespace sonde::tool
