#include "tool/text/template_parts.h"

#include <string>

namespace sonde::tool {
namespace {

// For each opening brace the place of the one that closes it, npos where there is none.
std::vector<size_t> closing_braces(std::string_view pattern) {
  std::vector<size_t> closing(pattern.size(), std::string_view::npos), open;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '{') open.push_back(at);
    if (pattern[at] != '}' || open.empty()) continue;
    closing[open.back()] = at;
    open.pop_back();
  }
  return closing;
}

}  // namespace

std::vector<TemplatePart> template_parts(std::string_view pattern) {
  std::vector<TemplatePart> parts;
  std::vector<size_t> closing = closing_braces(pattern);
  size_t text_begin = 0;
  auto put_text = [&](size_t end) {
    if (end > text_begin) parts.push_back({pattern.substr(text_begin, end - text_begin)});
  };
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (closing[at] == std::string_view::npos) continue;
    put_text(at);
    parts.push_back({pattern.substr(at + 1, closing[at] - at - 1), true});
    at = closing[at];
    text_begin = at + 1;
  }
  put_text(pattern.size());
  return parts;
}

}  // namespace sonde::tool
