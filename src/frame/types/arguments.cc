// arguments_t: a command's words. As text with blanks between them, each in quotes if asked; a list as JSON.
#include <algorithm>

#include "frame/value_text.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

// arguments_t of tools/tool.h: length, whether in quotes, whether there were more, then words that end in a zero byte.
constexpr size_t kHead = 12;

std::vector<std::string> words(const Value& value) {
  std::vector<std::string> words;
  if (value.bytes.size() < kHead) return words;
  std::string_view rest = value.bytes.substr(kHead, unsigned_at(value.bytes, 4));
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\0'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (unsigned_at(value.bytes.substr(8), 4)) words.emplace_back("...");
  return words;
}

std::string quoted(const std::string& word) {
  std::string text = "\"";
  for (char c : word) text += c == '"' ? "\\\"" : std::string(1, c);
  return text + "\"";
}

std::string text(const Value& value) {
  bool in_quotes = value.bytes.size() >= kHead && unsigned_at(value.bytes.substr(4), 4);
  std::string line;
  for (const std::string& word : words(value))
    line += (line.empty() ? "" : " ") + (in_quotes ? quoted(safe_text(word)) : safe_text(word));
  return line;
}

}  // namespace

const ValueType& arguments_type() {
  static const ValueType kType{.name = "arguments_t",
                               .text = text,
                               .json = [](const Value& value) -> nlohmann::json { return words(value); },
                               .json_type = "texts"};
  return kType;
}

}  // namespace sonde::frame
