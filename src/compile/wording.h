// clang's messages in the words of the dialect: without the names that sonde's own headers give to things.
#pragma once

#include <string>
#include <string_view>

namespace sonde::compile {

std::string in_the_dialects_words(std::string_view message);

// A note of clang that is wrong for BPF programs: there is no <stdio.h> to include.
bool is_misleading(std::string_view note);

}  // namespace sonde::compile
