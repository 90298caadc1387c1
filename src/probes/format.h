// The format string of trace: printf's conversions, and %K and %U for addresses of code.
#pragma once

#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

// `text`: the format string without its quotes.
Parsed<Format> parse_format(const Slice& text);

// As many arguments as conversions. `end` is where a missing one would stand.
Checked check_arguments(const Format& format, const std::vector<Expression>& arguments, Place end);

}  // namespace sonde::probes
