// Lines with words in braces.
#include "tool/formats/text_template.h"

namespace sonde::tool {
namespace {

std::string load_average(FormatContext& formats) {
  std::string text = formats.file("/proc/loadavg");
  return text.substr(0, text.find('\n'));
}

// The brace that closes the one at `at`; npos: none does.
size_t closing_brace(const std::string& text, size_t at) {
  for (int depth = 0; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at;
  }
  return std::string::npos;
}

}  // namespace

std::string filled(const std::string& pattern, FormatContext& formats,
                   const std::function<std::string(const std::string& word)>& value_of) {
  std::string text;
  for (size_t at = 0; at < pattern.size();) {
    size_t end = pattern[at] == '{' ? closing_brace(pattern, at) : std::string::npos;
    if (end == std::string::npos) {
      text += pattern[at++];
      continue;
    }
    std::string word = pattern.substr(at + 1, end - at - 1);
    at = end + 1;
    text += word == "time" ? formats.now_clock() : word == "loadavg" ? load_average(formats) : value_of(word);
  }
  return text;
}

}  // namespace sonde::tool
