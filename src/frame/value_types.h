// The list of src/frame/types/*.cc, written by src/frame/value_types.cmake: types/NAME.cc defines NAME_type().
#pragma once

#include <span>

#include "frame/value_type.h"

namespace sonde::frame {

std::span<const ValueType* const> value_types();

}  // namespace sonde::frame
