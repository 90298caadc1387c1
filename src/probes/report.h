// A mistake as the user reads it: the message, the specification, a caret below the place, a hint.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "probes/place.h"

namespace sonde::probes {

// "trace: p::tcp_drop: this kernel has no function tcp_drop" and up to three lines below it. Long specifications are
// cut around the caret; control characters are shown as blanks, so a text cannot steer the terminal.
std::string render(std::string_view tool, std::string_view text, const Mistake& mistake);

// The same as an Error: `what` has the lines without the hint, and begins with the name of the wrong part.
Error as_error(std::string_view text, const Mistake& mistake);

}  // namespace sonde::probes
