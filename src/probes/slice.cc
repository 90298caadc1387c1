#include "probes/slice.h"

#include <algorithm>

#include <fmt/format.h>

namespace sonde::probes {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
char partner_of(char opening) { return opening == '(' ? ')' : opening == '[' ? ']' : '}'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

// Calls `use(position, depth)` for every character outside of quotes until it returns true; that position, or npos.
template <typename Use>
size_t scan(const Slice& slice, size_t from, Use use) {
  size_t depth = 0;
  for (size_t i = from; i < slice.end(); i++) {
    char c = slice.at(i);
    if (c == '"' || c == '\'') {
      i = std::min(after_quoted(slice, i), slice.end()) - 1;
      continue;
    }
    if (closes(c) && depth > 0) depth--;
    if (use(i, depth)) return i;
    if (opens(c)) depth++;
  }
  return kNowhere;
}

}  // namespace

Slice Slice::trimmed() const {
  size_t begin = begin_, end = end_;
  while (begin < end && is_blank(text_[begin])) begin++;
  while (end > begin && is_blank(text_[end - 1])) end--;
  return between(begin, end);
}

size_t after_quoted(const Slice& slice, size_t at) {
  char quote = slice.at(at);
  for (size_t i = at + 1; i < slice.end(); i++) {
    if (slice.at(i) == '\\') i++;
    else if (slice.at(i) == quote) return i + 1;
  }
  return kNowhere;
}

Parsed<size_t> closed_quoted(const Slice& slice, size_t at) {
  size_t end = after_quoted(slice, at);
  if (end != kNowhere) return end;
  std::string what =
      slice.at(at) == '"' ? "the string is not closed by \"" : "the character constant is not closed by '";
  return mistake({at, at + 1}, std::move(what));
}

size_t find_outside(const Slice& slice, std::string_view wanted, size_t from) {
  return scan(slice, from, [&](size_t i, size_t depth) { return depth == 0 && wanted.find(slice.at(i)) != kNowhere; });
}

Parsed<size_t> find_closing(const Slice& slice, size_t at) {
  std::vector<size_t> open;
  for (size_t i = at; i < slice.end(); i++) {
    char c = slice.at(i);
    if (c == '"' || c == '\'') {
      ASSIGN_OR_RETURN(i, closed_quoted(slice, i));
      i--;
    } else if (opens(c)) {
      open.push_back(i);
    } else if (closes(c)) {
      char first = slice.at(open.back());
      if (c != partner_of(first)) return mistake({i, i + 1}, fmt::format("{} is closed by {}", first, c));
      open.pop_back();
      if (open.empty()) return i;
    }
  }
  return mistake({open.back(), open.back() + 1}, fmt::format("{} is not closed", slice.at(open.back())));
}

std::vector<Slice> split_outside(const Slice& slice, char separator) {
  std::vector<Slice> parts;
  size_t begin = slice.begin();
  scan(slice, begin, [&](size_t i, size_t depth) {
    if (depth == 0 && slice.at(i) == separator) {
      parts.push_back(slice.between(begin, i));
      begin = i + 1;
    }
    return false;
  });
  parts.push_back(slice.from(begin));
  return parts;
}

}  // namespace sonde::probes
