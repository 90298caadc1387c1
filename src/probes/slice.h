// Finding separators and closing brackets in a specification, past strings, characters and inner brackets.
#pragma once

#include <string_view>
#include <vector>

#include "probes/place.h"

namespace sonde::probes {

// The position after the quoted string or character that begins at `at`; npos if nothing closes it.
size_t after_quoted(const Slice& slice, size_t at);

// The same, and the mistake that nothing closes it.
Parsed<size_t> closed_quoted(const Slice& slice, size_t at);

// The first of `wanted` outside of quotes and brackets, at or after `from`; npos if there is none. A bracket that is
// not closed hides everything after it.
size_t find_outside(const Slice& slice, std::string_view wanted, size_t from);

// The position of the bracket that closes the one at `at`. Brackets between them are in pairs, too.
Parsed<size_t> find_closing(const Slice& slice, size_t at);

// Parts between separators that stand outside of quotes and brackets; at least one.
std::vector<Slice> split_outside(const Slice& slice, char separator);

}  // namespace sonde::probes
