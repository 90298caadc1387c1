// What users write to say which probes they want: one parser for trace, argdist, funccount, stackcount, funclatency,
// funcslower and tplist. It asks the kernel nothing.
#pragma once

#include <string_view>

#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

inline constexpr size_t kMaxSpecification = 16u << 10;  // bytes

struct ParseOptions {
  Tool tool = Tool::kTrace;
  bool regex = false;       // -r: the last part is a regular expression
  bool has_pid = false;     // -p: USDT probes of that process need no library
  bool lists_usdt = false;  // tplist with -p or -l
  bool histogram = false;   // argdist -H, not -C
};

// By the grammar of the tool.
Parsed<Specification> parse(std::string_view text, const ParseOptions& options);

// [{p,r,k,f}:][LIBRARY:]FUNCTION[+OFFSET][(SIGNATURE)] [(FILTER)] ["FORMAT"[, EXPRESSION...]]
// {t:CATEGORY:EVENT | u:LIBRARY:[PROVIDER:]PROBE} [(FILTER)] ["FORMAT"[, EXPRESSION...]]
Parsed<Specification> parse_trace(std::string_view text, const ParseOptions& options);

// {p,r,t,u,k,f}:{LIBRARY|CATEGORY}:FUNCTION(SIGNATURE)[:TYPE,...:EXPRESSION,...[:FILTER]][#LABEL]
Parsed<Specification> parse_argdist(std::string_view text, const ParseOptions& options);

// [{p,k,f}:][LIBRARY:]PATTERN | t:CATEGORY:EVENT | u:LIBRARY:[PROVIDER:]PROBE, as far as the tool takes them.
Parsed<Specification> parse_functions(std::string_view text, const ParseOptions& options);

// tplist's filter of "category:event" or "provider:probe"; an empty filter matches all. The file of -l is not part of
// the text: it goes into Specification::library.
Parsed<Specification> parse_listing(std::string_view text, const ParseOptions& options);

}  // namespace sonde::probes
