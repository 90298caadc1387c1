// What the drawings of this folder share: text that is safe inside of XML, and numbers with one decimal.
#pragma once

#include <string>
#include <string_view>

namespace sonde::tool {

// With &, <, > and quotes escaped, and what XML cannot hold (control characters, bytes that are not UTF-8) as U+FFFD.
std::string xml_text(std::string_view text);

// "12", "12.5": as short as one decimal allows.
std::string coordinate(double value);

}  // namespace sonde::tool
