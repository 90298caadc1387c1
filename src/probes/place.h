// Where something stands in a probe specification, and what is said when it is wrong there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "base/result.h"

namespace sonde::probes {

// Bytes [begin, end) of the text that the user gave. An empty place is a point: something is missing there.
struct Place {
  size_t begin = 0;
  size_t end = 0;
  bool operator==(const Place&) const = default;
};

// A part of the text with its place, without the blanks around it.
struct Piece {
  std::string text;
  Place place;
  bool empty() const { return text.empty(); }
};

struct Mistake {
  Place place;
  std::string message;  // one line, without the text itself
  std::string hint;     // what to do; may be empty
  ErrorKind kind = ErrorKind::kInvalid;
};

template <typename T>
using Parsed = tl::expected<T, Mistake>;
using Checked = Parsed<void>;

inline tl::unexpected<Mistake> mistake(Place place, std::string message, std::string hint = {}) {
  return tl::unexpected(Mistake{place, std::move(message), std::move(hint)});
}

// A view of a part of the text that remembers where it stands.
class Slice {
 public:
  explicit Slice(std::string_view text) : text_(text), end_(text.size()) {}
  Slice(std::string_view text, Place place) : text_(text), begin_(place.begin), end_(place.end) {}

  std::string_view view() const { return text_.substr(begin_, end_ - begin_); }
  std::string_view whole() const { return text_; }
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }
  bool empty() const { return begin_ == end_; }
  char at(size_t position) const { return text_[position]; }  // of the whole text
  Place place() const { return {begin_, end_}; }
  Place point_after() const { return {end_, end_}; }

  Slice between(size_t begin, size_t end) const { return Slice(text_, Place{begin, end}); }  // of the whole text
  Slice from(size_t begin) const { return between(begin, end_); }
  Slice trimmed() const;
  Piece piece() const {
    Slice inner = trimmed();
    return {std::string(inner.view()), inner.place()};
  }

 private:
  std::string_view text_;
  size_t begin_ = 0;
  size_t end_;
};

inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

}  // namespace sonde::probes
