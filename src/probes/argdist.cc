// argdist's specifiers: six parts between colons, and a label.
#include <algorithm>

#include <fmt/format.h>

#include "probes/head.h"
#include "probes/parse.h"
#include "probes/signature.h"
#include "probes/slice.h"
#include "probes/start.h"
#include "probes/tokens.h"

namespace sonde::probes {
namespace {

// The next colon that separates parts: none of C++'s names, nor the one of `a ? b : c`.
size_t part_end(const Slice& text) {
  size_t questions = 0;
  for (size_t at = find_outside(text, ":?", text.begin()); at != std::string_view::npos;
       at = find_outside(text, ":?", at + 1)) {
    if (text.at(at) == '?') questions++;
    else if (questions == 0) return at;
    else questions--;
  }
  return text.end();
}

class Argdist {
 public:
  Argdist(const Slice& text, const ParseOptions& options, Specification& result)
      : rest_(text), options_(options), result_(result) {}

  Checked run() {
    label();
    RETURN_IF_ERROR(head());
    if (rest_.empty()) return check_counting();
    RETURN_IF_ERROR(types());
    RETURN_IF_ERROR(values());
    RETURN_IF_ERROR(check_pairs());
    return filter();
  }

 private:
  // Behind the first '#' outside of strings; scripts of older days write ';'.
  void label() {
    size_t at = find_outside(rest_, "#;", rest_.begin());
    if (at == std::string_view::npos) return;
    result_.label = rest_.from(at + 1).piece();
    rest_ = rest_.between(rest_.begin(), at).trimmed();
  }

  Checked head() {
    size_t open = find_outside(rest_, "(", rest_.begin());
    if (open == std::string_view::npos || is_behind_head(open)) return no_parentheses();
    ASSIGN_OR_RETURN(size_t close, find_closing(rest_, open));
    Slice name = rest_.between(rest_.begin(), open).trimmed();
    if (name.empty()) return mistake({open, open}, "the kind of probe is missing", "for example p::vfs_read()");
    RETURN_IF_ERROR(parse_head(name, options_, result_));
    RETURN_IF_ERROR(signature(rest_.between(open + 1, close)));
    return skip_colon(close + 1);
  }

  // "r:c:read:int:$entry(fd)": the first parenthesis is that of an expression.
  bool is_behind_head(size_t open) const {
    std::vector<Slice> parts = split_outside(rest_.between(rest_.begin(), open), ':');
    size_t most = parts[0].view() == "u" ? 4 : 3;
    bool in_cpp = std::any_of(parts.begin() + std::min<size_t>(parts.size(), 3), parts.end(),
                              [](const Slice& each) { return each.empty(); });
    return parts.size() > most && !in_cpp;
  }

  // The head is then as long as one without parentheses can be; a mistake in it is the one to say.
  Checked no_parentheses() {
    std::vector<Slice> parts = split_outside(rest_, ':');
    size_t last = std::min<size_t>(parts.size(), 3) - 1;
    RETURN_IF_ERROR(parse_head(rest_.between(rest_.begin(), parts[last].end()).trimmed(), options_, result_));
    return mistake(parts[last].point_after(), fmt::format("the parentheses of {} are missing", result_.function.text),
                   fmt::format("write {}(), with its parameters in them if they are wanted", result_.function.text));
  }

  Checked signature(const Slice& inside) {
    bool is_function = result_.kind == Kind::kEntry || result_.kind == Kind::kReturn;
    if (!is_function && !inside.trimmed().empty())
      return mistake(inside.trimmed().place(),
                     fmt::format("a {} has no signature", result_.kind == Kind::kUsdt ? "USDT probe" : "tracepoint"),
                     result_.kind == Kind::kUsdt ? "its arguments are arg1, arg2, ..." : "its fields are args->NAME");
    ASSIGN_OR_RETURN(result_.parameters, parse_signature(inside));
    result_.has_signature = true;
    result_.signature = inside.piece();
    return {};
  }

  Checked skip_colon(size_t at) {
    rest_ = rest_.from(at).trimmed();
    if (rest_.empty()) return {};
    if (rest_.at(rest_.begin()) != ':')
      return mistake(rest_.place(), "expected : or the end after the parentheses",
                     "TYPE:EXPRESSION:FILTER follow, and #LABEL");
    rest_ = rest_.from(rest_.begin() + 1);
    has_types_ = true;
    return {};
  }

  // What stands up to the next colon.
  Slice take_part() {
    size_t end = part_end(rest_);
    Slice part = rest_.between(rest_.begin(), end);
    has_more_ = end < rest_.end();
    rest_ = rest_.from(has_more_ ? end + 1 : end);
    return part;
  }

  Checked check_counting() const {
    if (has_types_) return mistake(rest_.place(), "a type is missing", "TYPE:EXPRESSION, for example u32:$PID");
    if (!options_.histogram || result_.kind == Kind::kReturn) return {};
    return mistake(rest_.point_after(), "a histogram needs an expression",
                   "add :TYPE:EXPRESSION, for example :u64:size, or count calls with -C");
  }

  Checked types() {
    Slice part = take_part();
    for (const Slice& each : split_outside(part, ',')) {
      ASSIGN_OR_RETURN(Piece type, parse_type(each));
      if (options_.histogram && is_string_type(type.text))
        return mistake(type.place, "a histogram is of numbers, and this type is of text", "count texts with -C");
      result_.types.push_back(std::move(type));
    }
    if (has_more_) return {};
    return mistake(part.point_after(), "the expression is missing",
                   fmt::format(":EXPRESSION follows the type {}", result_.types[0].text));
  }

  Checked values() {
    Slice part = take_part();
    for (const Slice& each : split_outside(part, ',')) {
      ASSIGN_OR_RETURN(Expression value, parse_expression(each, result_));
      result_.values.push_back(std::move(value));
    }
    return {};
  }

  Checked check_pairs() const {
    size_t types = result_.types.size(), values = result_.values.size();
    if (types != values) {
      Place place = values > types ? result_.values[types].text.place : result_.types[values].place;
      return mistake(
          place,
          fmt::format("{} type{} and {} expression{}", types, types == 1 ? "" : "s", values, values == 1 ? "" : "s"),
          "each expression has a type, in the same order");
    }
    if (!options_.histogram || values == 1) return {};
    return mistake(result_.values[1].text.place, "a histogram is of one expression",
                   "give one -H for each, or count with -C");
  }

  Checked filter() {
    if (!has_more_) return {};
    Slice part = rest_;
    if (size_t end = part_end(part); end < part.end())
      return mistake(part.between(end, part.end()).place(), "a seventh part: the filter is the last one",
                     "a label begins with #");
    ASSIGN_OR_RETURN(result_.filter, parse_expression(part, result_));
    return {};
  }

  Slice rest_;
  const ParseOptions& options_;
  Specification& result_;
  bool has_types_ = false, has_more_ = false;
};

}  // namespace

Parsed<Specification> parse_argdist(std::string_view text, const ParseOptions& options) {
  ASSIGN_OR_RETURN(Specification result, start(text, options));
  RETURN_IF_ERROR(Argdist(Slice(result.text).trimmed(), options, result).run());
  return result;
}

}  // namespace sonde::probes
