// The list of src/tool/formats/types/*.cc, written by src/tool/formats/value_types.cmake: types/NAME.cc defines
// NAME_type().
#pragma once

#include <span>

#include "tool/formats/value_type.h"

namespace sonde::tool {

std::span<const ValueType* const> value_types();

}  // namespace sonde::tool
