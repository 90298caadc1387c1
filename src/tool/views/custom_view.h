// A view of one tool, where none of those that all tools share fits: its C file says OWN_SHAPE, and tools/GROUP/NAME.cc
// defines `const CustomView& NAME_view()` in the namespace sonde::tools.
#pragma once

#include "tool/views/view.h"

namespace sonde::tool {

struct CustomView {
  std::unique_ptr<View> (*make)(RunContext& context);
  nlohmann::ordered_json (*schema)();  // of its records
};

// Before any tool is read.
void add_custom_view(const std::string& tool, const CustomView& view);
const CustomView* find_custom_view(std::string_view tool);  // nullptr: it has none

}  // namespace sonde::tool
