#include "tool/formats/texts.h"

#include <algorithm>
#include <cstddef>

#include "tool/formats/layout.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

using layout::string_t;
using layout::texts_t;

std::string_view from(std::string_view bytes, size_t at) { return bytes.substr(std::min(at, bytes.size())); }

bool has_mark(std::string_view bytes, size_t marks_at, size_t number) {
  return number < SONDE_TEXTS_MARKED && unsigned_at(from(bytes, marks_at), 8) >> number & 1;
}

Text::State state_of(std::string_view bytes, size_t number) {
  if (has_mark(bytes, offsetof(texts_t, absent), number)) return Text::State::kAbsent;
  if (has_mark(bytes, offsetof(texts_t, unread), number)) return Text::State::kUnread;
  return has_mark(bytes, offsetof(texts_t, cut), number) ? Text::State::kCut : Text::State::kWhole;
}

}  // namespace

std::string shown_text(const Text& text) {
  if (text.is_unread()) return kUnreadMark;
  return safe_text(text.bytes) + (text.is_cut() ? kCutMark : "");
}

nlohmann::json json_of_text(const Text& text) {
  if (text.is_unread()) return nullptr;
  return std::string(text.bytes);
}

Text string_of(std::string_view bytes) {
  uint64_t state = unsigned_at(from(bytes, offsetof(string_t, state)), 4);
  Text text{from(bytes, offsetof(string_t, bytes)).substr(0, unsigned_at(bytes, sizeof(string_t::length)))};
  if (state == layout::SONDE_CUT) text.state = Text::State::kCut;
  if (state == layout::SONDE_UNREAD) text.state = Text::State::kUnread;
  return text;
}

std::vector<Text> texts_of(std::string_view bytes) {
  std::vector<Text> texts;
  std::string_view rest = from(bytes, offsetof(texts_t, bytes)).substr(0, unsigned_at(bytes, sizeof(texts_t::length)));
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\0'), rest.size());
    texts.push_back({rest.substr(0, end), state_of(bytes, texts.size())});
    if (end == rest.size()) texts.back().state = Text::State::kCut;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return texts;
}

Text text_of_array(std::string_view bytes) {
  size_t end = bytes.find('\0');
  if (end == std::string_view::npos) return {bytes, Text::State::kCut};
  return {bytes.substr(0, end)};
}

}  // namespace sonde::tool
