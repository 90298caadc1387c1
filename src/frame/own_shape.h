// A shape that one tool has for itself, where none of the frame's fits: its C file says OWN_SHAPE, and tools/GROUP/NAME.cc
// defines `const OwnShape& NAME_shape()`.
#pragma once

#include "frame/shape.h"

namespace sonde::frame {

struct OwnShape {
  std::unique_ptr<Shape> (*make)(Stage& stage);
  nlohmann::ordered_json (*schema)();  // of its records
};

const OwnShape* find_own_shape(std::string_view tool);  // nullptr: it has none

}  // namespace sonde::frame
