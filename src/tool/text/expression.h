// Small arithmetic for computed columns: numbers, names, + - * /, parentheses, min(a, b), max(a, b). A division by zero
// is 0.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::tool {

// `value_of` gives what a name stands for; NaN: nothing, which is the error.
Result<double> evaluate(std::string_view expression, const std::function<double(std::string_view)>& value_of);

}  // namespace sonde::tool
