#include "probes/parse.h"

#include <fmt/format.h>

#include "probes/head.h"
#include "probes/start.h"

namespace sonde::probes {

Parsed<Specification> start(std::string_view text, const ParseOptions& options) {
  if (text.size() > kMaxSpecification) return mistake({kMaxSpecification, text.size()}, "longer than 16 KiB");
  if (size_t nul = text.find('\0'); nul != text.npos) return mistake({nul, nul + 1}, "a byte of 0 in the text");
  Specification result;
  result.text = text;
  result.tool = options.tool;
  if (!Slice(text).trimmed().empty()) return result;
  return mistake({0, text.size()}, "nothing is asked for",
                 options.tool == Tool::kArgdist ? "for example p::vfs_read()" : "for example vfs_read");
}

Parsed<Specification> parse_functions(std::string_view text, const ParseOptions& options) {
  ASSIGN_OR_RETURN(Specification result, start(text, options));
  RETURN_IF_ERROR(parse_head(Slice(result.text).trimmed(), options, result));
  return result;
}

Parsed<Specification> parse_listing(std::string_view text, const ParseOptions& options) {
  Specification result;
  result.text = text;
  result.tool = options.tool;
  result.kind = options.lists_usdt ? Kind::kUsdt : Kind::kTracepoint;
  result.function = Slice(result.text).piece();
  result.names = Pattern::wildcard(result.function.empty() ? "*" : result.function.text);
  return result;
}

Parsed<Specification> parse(std::string_view text, const ParseOptions& options) {
  switch (options.tool) {
    case Tool::kTrace: return parse_trace(text, options);
    case Tool::kArgdist: return parse_argdist(text, options);
    case Tool::kTplist: return parse_listing(text, options);
    default: return parse_functions(text, options);
  }
}

}  // namespace sonde::probes
