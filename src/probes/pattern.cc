#include "probes/pattern.h"

#include <algorithm>

namespace sonde::probes {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

bool in_set(std::string_view set, char c) {
  auto code = [](char each) { return static_cast<unsigned char>(each); };
  bool inverted = set.starts_with('!') || set.starts_with('^');
  if (inverted) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); i++) {
    bool is_range = i + 2 < set.size() && set[i + 1] == '-';
    char last = is_range ? set[i + 2] : set[i];
    found |= code(set[i]) <= code(c) && code(c) <= code(last);
    if (is_range) i += 2;
  }
  return found != inverted;
}

// The end of the set that begins at `at`; npos when '[' is only a character.
size_t set_end(std::string_view pattern, size_t at) {
  size_t from = at + 1;
  if (from < pattern.size() && (pattern[from] == '!' || pattern[from] == '^')) from++;
  return pattern.find(']', from + 1);
}

// How many bytes of the pattern stand for `c`, 0: they do not.
size_t one_matches(std::string_view pattern, size_t at, char c) {
  if (pattern[at] == '?') return 1;
  if (pattern[at] == '[') {
    if (size_t end = set_end(pattern, at); end != kNowhere)
      return in_set(pattern.substr(at + 1, end - at - 1), c) ? end + 1 - at : 0;
  }
  return pattern[at] == c ? 1 : 0;
}

std::string with_any_for_stars(std::string_view text) {
  std::string regex;
  for (size_t i = 0; i < text.size(); i++) regex += text[i] == '*' ? ".*" : std::string(1, text[i]);
  return regex;
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = kNowhere, retry = 0;
  while (n < name.size()) {
    size_t used = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && (used = one_matches(pattern, p, name[n])) > 0) {
      p += used;
      n++;
    } else if (star != kNowhere) {
      p = star + 1;  // the last star takes one byte more; earlier ones need not be tried again
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', std::min(p, pattern.size())) == kNowhere;
}

Pattern Pattern::exact(std::string name) {
  Pattern pattern;
  pattern.text_ = std::move(name);
  return pattern;
}

Pattern Pattern::wildcard(std::string text) {
  Pattern pattern = exact(std::move(text));
  pattern.kind_ = Kind::kWildcard;
  return pattern;
}

Parsed<Pattern> Pattern::regex(const Slice& text) {
  ASSIGN_OR_RETURN(Regex regex, Regex::parse(text));
  Pattern pattern = exact(std::string(text.view()));
  pattern.kind_ = Kind::kRegex;
  pattern.regex_ = std::make_shared<Regex>(std::move(regex));
  return pattern;
}

Parsed<Pattern> Pattern::plain(const Slice& text) {
  bool is_regex = text.view().find_first_of("()|^$+\\{}") != kNowhere || text.view().find(".*") != kNowhere;
  if (!is_regex && text.view().find_first_of("*?[") == kNowhere) return exact(std::string(text.view()));
  if (!is_regex) return wildcard(std::string(text.view()));
  std::string rewritten = with_any_for_stars(text.view());
  auto regex = Regex::parse(Slice(rewritten));
  if (!regex) {
    // Its places count the dots that were put in; the user's text has none.
    return mistake(text.place(), "neither a wildcard nor a regular expression: " + regex.error().message,
                   "* and ? stand for any characters; -r takes a regular expression");
  }
  Pattern pattern = exact(std::string(text.view()));
  pattern.kind_ = Kind::kRegex;
  pattern.regex_ = std::make_shared<Regex>(std::move(*regex));
  return pattern;
}

bool Pattern::matches(std::string_view name) const {
  switch (kind_) {
    case Kind::kExact: return name == text_;
    case Kind::kWildcard: return matches_wildcard(text_, name);
    case Kind::kRegex: return regex_->matches(name);
  }
  return false;
}

std::vector<std::string> Pattern::select(std::span<const std::string> names) const {
  // Only names that begin with the pattern's literal part can match; they stand together.
  size_t fixed = kind_ == Kind::kExact ? text_.size() : std::min(text_.find_first_of("*?["), text_.size());
  std::string prefix = kind_ == Kind::kRegex ? "" : text_.substr(0, fixed);
  std::vector<std::string> found;
  auto each = std::lower_bound(names.begin(), names.end(), prefix);
  for (; each != names.end() && each->starts_with(prefix); ++each) {
    if (matches(*each)) found.push_back(*each);
  }
  return found;
}

}  // namespace sonde::probes
