// Lines with words in braces: "Tracing reads slower than {min_us} us".
#pragma once

#include <functional>
#include <string>

#include "tool/formats/format_context.h"

namespace sonde::tool {

// Each {word} is what `value_of` gives for it; {time} and {loadavg} are the clock and the machine's load. Braces within
// braces are part of the word. A brace that nothing closes stands for itself.
std::string filled(const std::string& pattern, FormatContext& formats,
                   const std::function<std::string(const std::string& word)>& value_of);

}  // namespace sonde::tool
