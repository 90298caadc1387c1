// Texts that tools read from memory, with what is known of each: string_t and texts_t of tools/tool_layout.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace sonde::tool {

struct Text {
  enum class State { kWhole, kCut, kUnread, kAbsent };

  std::string_view bytes;
  State state = State::kWhole;

  bool is_cut() const { return state == State::kCut; }
  bool is_unread() const { return state == State::kUnread; }
};

inline constexpr const char* kCutMark = "…";
inline constexpr const char* kUnreadMark = "[unreadable]";

// As a line shows it: marked where it is cut or could not be read.
std::string shown_text(const Text& text);
// null: it could not be read.
nlohmann::json json_of_text(const Text& text);

// Of a string_t.
Text string_of(std::string_view bytes);
// Of a texts_t.
std::vector<Text> texts_of(std::string_view bytes);
// Of an array of char, which a text that is cut fills to the last byte.
Text text_of_array(std::string_view bytes);

}  // namespace sonde::tool
