// trace's probes: where, a filter, and what is printed.
#include <algorithm>

#include <fmt/format.h>

#include "probes/format.h"
#include "probes/head.h"
#include "probes/parse.h"
#include "probes/signature.h"
#include "probes/slice.h"
#include "probes/start.h"
#include "probes/tokens.h"

namespace sonde::probes {
namespace {

class Trace {
 public:
  Trace(const Slice& text, const ParseOptions& options, Specification& result)
      : rest_(text), options_(options), result_(result) {}

  Checked run() {
    RETURN_IF_ERROR(head());
    RETURN_IF_ERROR(signature());
    RETURN_IF_ERROR(filter());
    return action();
  }

 private:
  void skip_to(size_t at) { rest_ = rest_.from(at); }
  bool begins_with(char c) const { return !rest_.empty() && rest_.at(rest_.begin()) == c; }

  // Up to the first blank or parenthesis. A quote there begins the format: the blank before it was left out.
  Checked head() {
    size_t end = rest_.begin();
    while (end < rest_.end() && !is_blank(rest_.at(end)) && rest_.at(end) != '(' && rest_.at(end) != '"') end++;
    RETURN_IF_ERROR(parse_head(rest_.between(rest_.begin(), end), options_, result_));
    return skip_to(end), Checked();
  }

  Checked signature() {
    if (!begins_with('(')) return {};
    ASSIGN_OR_RETURN(size_t end, find_closing(rest_, rest_.begin()));
    Slice all = rest_.between(rest_.begin(), end + 1);
    if (result_.kind == Kind::kTracepoint || result_.kind == Kind::kUsdt)
      return mistake(all.place(),
                     fmt::format("a {} has no signature", result_.kind == Kind::kUsdt ? "USDT probe" : "tracepoint"),
                     "a filter stands behind a blank");
    Slice inside = rest_.between(rest_.begin() + 1, end);
    ASSIGN_OR_RETURN(result_.parameters, parse_signature(inside));
    result_.has_signature = true;
    result_.signature = inside.piece();
    return skip_to(end + 1), Checked();
  }

  Checked filter() {
    rest_ = rest_.trimmed();
    if (!begins_with('(')) return {};
    ASSIGN_OR_RETURN(size_t end, find_closing(rest_, rest_.begin()));
    ASSIGN_OR_RETURN(result_.filter, parse_expression(rest_.between(rest_.begin() + 1, end), result_));
    return skip_to(end + 1), Checked();
  }

  Checked action() {
    rest_ = rest_.trimmed();
    if (rest_.empty()) return {};
    if (!begins_with('"')) return no_format();
    size_t begin = rest_.begin(), end = after_quoted(rest_, begin);
    if (end == std::string_view::npos) return mistake({begin, begin + 1}, "the format is not closed by \"");
    ASSIGN_OR_RETURN(Format format, parse_format(rest_.between(begin + 1, end - 1)));
    skip_to(end);
    RETURN_IF_ERROR(arguments());
    RETURN_IF_ERROR(check_arguments(format, result_.arguments, rest_.point_after()));
    result_.format = std::move(format);
    return {};
  }

  Checked no_format() const {
    size_t end = rest_.begin();
    while (end < rest_.end() && !is_blank(rest_.at(end))) end++;
    char first = rest_.at(rest_.begin());
    std::string hint = R"(a format stands in double quotes: "%d", arg1)";
    bool continues = !result_.filter.empty() && std::string_view("&|=<>!+-*/%").find(first) != std::string_view::npos;
    if (continues || first == '(') hint = "put the whole filter in one pair of parentheses";
    if (first == '\'')
      hint = R"(a format stands in double quotes, and all of the probe in single ones: 'vfs_read "%d", arg3')";
    return mistake({rest_.begin(), end},
                   fmt::format("expected \"FORMAT\" and not {}", rest_.between(rest_.begin(), end).view()), hint);
  }

  // The comma behind the format may be missing.
  Checked arguments() {
    Slice list = rest_.trimmed();
    if (list.empty()) return {};
    if (list.at(list.begin()) == ',') list = list.from(list.begin() + 1);
    for (const Slice& each : split_outside(list, ',')) {
      ASSIGN_OR_RETURN(Expression argument, parse_expression(each, result_));
      result_.arguments.push_back(std::move(argument));
    }
    return {};
  }

  Slice rest_;
  const ParseOptions& options_;
  Specification& result_;
};

}  // namespace

Parsed<Specification> parse_trace(std::string_view text, const ParseOptions& options) {
  ASSIGN_OR_RETURN(Specification result, start(text, options));
  RETURN_IF_ERROR(Trace(Slice(result.text).trimmed(), options, result).run());
  return result;
}

}  // namespace sonde::probes
