// Parameters and types, as C declares them.
#pragma once

#include <vector>

#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

// "int fd, const char __user *path": the parameters without their parentheses. An empty list and "void" declare none.
Parsed<std::vector<Parameter>> parse_signature(const Slice& text);

// A type's name alone, as argdist wants it: "u64", "char *", "struct file *".
Parsed<Piece> parse_type(const Slice& text);

// A type whose values are shown as text: char * with any qualifiers.
bool is_string_type(std::string_view type);

}  // namespace sonde::probes
