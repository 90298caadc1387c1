#include "probes/report.h"

#include <algorithm>

#include <fmt/format.h>

namespace sonde::probes {
namespace {

constexpr size_t kWidth = 100;  // of the shown text, in bytes
constexpr size_t kBefore = 60;  // of them before the caret, when the text is cut

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Columns that the text takes on a terminal, as far as one character takes one.
size_t columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string printable(std::string_view text) {
  std::string shown(text);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return shown;
}

size_t character_start(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && continues_character(text[at])) at--;
  return at;
}

struct Excerpt {
  std::string before, marked, after;
};

Excerpt cut(std::string_view text, Place place) {
  size_t begin = character_start(text, std::min(place.begin, text.size()));
  size_t end = std::clamp(place.end, begin, text.size());
  size_t first = text.size() > kWidth && begin > kBefore ? character_start(text, begin - kBefore) : 0;
  size_t last = std::min(text.size(), first + kWidth);
  if (last < text.size()) last = character_start(text, last);
  end = std::min(end, std::max(last, begin));
  Excerpt excerpt{printable(text.substr(first, begin - first)), printable(text.substr(begin, end - begin)),
                  printable(text.substr(end, std::max(last, end) - end))};
  if (first > 0) excerpt.before = "..." + excerpt.before;
  if (last < text.size()) excerpt.after += "...";
  return excerpt;
}

std::string lines(std::string_view text, const Mistake& mistake) {
  Excerpt excerpt = cut(text, mistake.place);
  size_t tail = columns(excerpt.marked);
  return fmt::format("\n  {}{}{}\n  {:{}}^{:~>{}}", excerpt.before, excerpt.marked, excerpt.after, "",
                     columns(excerpt.before), "", tail > 0 ? tail - 1 : 0);
}

}  // namespace

std::string render(std::string_view tool, std::string_view text, const Mistake& mistake) {
  Error error = as_error(text, mistake);
  std::string shown = fmt::format("{}: {}", tool, error.what);
  return error.hint.empty() ? shown : fmt::format("{}\nhint: {}", shown, error.hint);
}

Error as_error(std::string_view text, const Mistake& mistake) {
  return {mistake.kind, printable(mistake.message) + lines(text, mistake), 0, printable(mistake.hint)};
}

}  // namespace sonde::probes
