// What to do about an error of the compiler, for those that users of BCC programs meet.
#pragma once

#include <string>
#include <string_view>

#include "compile/target.h"

namespace sonde::compile {

// `message` as clang words it, without place and level. Empty: nothing to add.
std::string hint_for(std::string_view message, const Target& target);

// The name that the message says is not declared; empty for other messages.
std::string_view missing_name(std::string_view message);

}  // namespace sonde::compile
