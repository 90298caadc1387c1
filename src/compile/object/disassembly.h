// An object's instructions as text, with the source lines they come from if asked for: debug= flags 2 and 8.
#pragma once

#include <string>

namespace sonde::compile {

std::string disassemble(const std::string& object, bool with_source);

}  // namespace sonde::compile
