// A stack that a row carries itself: its frames by name, and as lines below the row.
#pragma once

#include <string>
#include <vector>

#include "frame/value_type.h"

namespace sonde::frame {

inline constexpr size_t kRowFrames = 64;  // SONDE_FRAMES of tools/tool.h

// `bytes` begin with the frames' addresses, innermost first, up to a 0.
std::vector<std::string> frame_names(std::string_view bytes, const Symbols& symbols);
// Each on a line of its own; `missed` where there are none.
std::string stack_lines(const std::vector<std::string>& names, const char* missed);

}  // namespace sonde::frame
