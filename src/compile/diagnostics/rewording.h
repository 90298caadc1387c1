// clang's messages in the words of the dialect: without the names that sonde's own headers give to things.
#pragma once

#include <string>
#include <string_view>

namespace sonde::compile {

std::string in_the_dialects_words(std::string_view message);

// A note of clang that leads BPF programs astray: there is no <stdio.h> to include, and flags of code generation do
// nothing.
bool is_misleading(std::string_view note);

}  // namespace sonde::compile
