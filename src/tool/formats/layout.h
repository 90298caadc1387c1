// The structs of tools/tool_layout.h out of bytes.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "tools/tool_layout.h"

namespace sonde::layout {

// What the bytes do not have is 0.
template <typename T>
T read(std::string_view bytes) {
  T value{};
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

}  // namespace sonde::layout
