// C expressions, taken apart and checked as far as that needs no types.
#pragma once

#include <vector>

#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

// Names, numbers, strings, operators; "$name" and "@user" besides. A character that no expression has, a string, a
// character constant or a comment that is not closed, and a number that is none, are mistakes.
Parsed<std::vector<Token>> tokenize(const Slice& text);

// Whether the tokens can be one expression: brackets in pairs, operands and operators in turn, no assignment.
// `text` is where they come from. At least one token is wanted.
Checked check_form(const std::vector<Token>& tokens, const Slice& text);

// Says of each token what it means at this kind of probe, and refuses what has no meaning there.
Checked find_variables(std::vector<Token>& tokens, const Specification& at);

// All three.
Parsed<Expression> parse_expression(const Slice& text, const Specification& at);

}  // namespace sonde::probes
