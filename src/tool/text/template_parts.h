// A template taken apart: "Tracing reads slower than {min_us} us" is text, a word and text.
#pragma once

#include <string_view>
#include <vector>

namespace sonde::tool {

struct TemplatePart {
  std::string_view text;
  bool is_word = false;  // what stands between braces
};

// The parts are views of `pattern`. Braces within braces are part of the word. A brace that nothing closes stands for
// itself.
std::vector<TemplatePart> template_parts(std::string_view pattern);

}  // namespace sonde::tool
