#include "probes/tokens.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "probes/slice.h"

namespace sonde::probes {
namespace {

// Longer ones first: the first that fits is taken.
constexpr std::array<std::string_view, 22> kLongOperators = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>",
                                                             "<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
                                                             "*=",  "/=",  "%=",  "&=", "|=", "^="};
constexpr std::string_view kOperators = "+-*/%&|^~!<>=?:.,()[]{}";

class Tokenizer {
 public:
  explicit Tokenizer(const Slice& text) : text_(text), at_(text.begin()) {}

  Parsed<std::vector<Token>> run() {
    while (true) {
      RETURN_IF_ERROR(skip_blanks());
      if (at_ >= text_.end()) return std::move(tokens_);
      RETURN_IF_ERROR(take());
    }
  }

 private:
  char here() const { return text_.at(at_); }
  std::string_view rest() const { return text_.from(at_).view(); }

  // And comments.
  Checked skip_blanks() {
    while (at_ < text_.end()) {
      if (is_blank(here())) {
        at_++;
      } else if (rest().starts_with("//")) {
        return mistake({at_, at_ + 2}, "// makes the rest a comment", "use /* */, or leave it out");
      } else if (rest().starts_with("/*")) {
        size_t end = rest().find("*/", 2);
        if (end == std::string_view::npos) return mistake({at_, at_ + 2}, "the comment /* is not closed by */");
        at_ += end + 2;
      } else {
        return {};
      }
    }
    return {};
  }

  void put(Token::Kind kind, size_t end) {
    tokens_.push_back({kind, std::string(text_.between(at_, end).view()), {at_, end}});
    at_ = end;
  }

  size_t name_end(size_t from) const {
    while (from < text_.end() && is_name_part(text_.at(from))) from++;
    return from;
  }

  Checked take() {
    char c = here();
    if (is_name_start(c)) return put(Token::Kind::kName, name_end(at_)), Checked();
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.end() && is_digit(text_.at(at_ + 1)))) return number();
    if (c == '"' || c == '\'') return quoted(c);
    if (c == '$') return variable();
    if (c == '@') return user_mark();
    for (std::string_view each : kLongOperators) {
      if (rest().starts_with(each)) return put(Token::Kind::kOperator, at_ + each.size()), Checked();
    }
    if (kOperators.find(c) != kOperators.npos) return put(Token::Kind::kOperator, at_ + 1), Checked();
    return foreign(c);
  }

  Checked foreign(char c) const {
    size_t end = at_ + 1;
    while (end < text_.end() && (static_cast<unsigned char>(text_.at(end)) & 0xc0) == 0x80)
      end++;  // one UTF-8 character
    if (c == ';') return mistake({at_, end}, "; ends a statement; this is one expression");
    if (c == '#') return mistake({at_, end}, "# has no meaning in an expression");
    std::string shown(text_.between(at_, end).view());
    return mistake({at_, end}, fmt::format("{} has no meaning in an expression", shown));
  }

  Checked number() {
    size_t end = at_;
    while (end < text_.end() && (is_name_part(text_.at(end)) || text_.at(end) == '.')) end++;
    std::string_view digits = text_.between(at_, end).view();
    if (digits.find('.') != digits.npos)
      return mistake({at_, end}, "a number with a point: BPF programs have no floating point");
    if (!is_number(digits)) return mistake({at_, end}, fmt::format("{} is not a number", digits));
    return put(Token::Kind::kNumber, end), Checked();
  }

  static bool is_number(std::string_view text) {
    while (!text.empty() && std::string_view("uUlL").find(text.back()) != text.npos) text.remove_suffix(1);
    bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    bool is_binary = text.starts_with("0b") || text.starts_with("0B");
    bool is_octal = !is_hex && !is_binary && text.size() > 1 && text[0] == '0';
    if (is_hex || is_binary) text.remove_prefix(2);
    std::string_view digits = is_hex      ? "0123456789abcdefABCDEF"
                              : is_binary ? "01"
                              : is_octal  ? "01234567"
                                          : "0123456789";
    return !text.empty() && text.find_first_not_of(digits) == text.npos;
  }

  Checked quoted(char quote) {
    ASSIGN_OR_RETURN(size_t end, closed_quoted(text_, at_));
    if (quote == '\'' && end - at_ == 2) return mistake({at_, end}, "an empty character constant");
    return put(quote == '"' ? Token::Kind::kString : Token::Kind::kCharacter, end), Checked();
  }

  Checked variable() {
    size_t end = name_end(at_ + 1);
    if (end == at_ + 1) return mistake({at_, end}, "$ stands before the name of a variable", "for example $pid");
    return put(Token::Kind::kVariable, end), Checked();
  }

  Checked user_mark() {
    size_t end = name_end(at_ + 1);
    if (text_.between(at_, end).view() != "@user")
      return mistake({at_, std::max(end, at_ + 1)}, "@ stands in arg1@user only, which reads a string of user memory");
    bool marks = !tokens_.empty() && tokens_.back().kind == Token::Kind::kName;
    if (!marks)
      return mistake({at_, end}, "@user marks an argument, and none stands before it", "for example arg2@user");
    return put(Token::Kind::kUserMark, end), Checked();
  }

  Slice text_;
  size_t at_;
  std::vector<Token> tokens_;
};

}  // namespace

Parsed<std::vector<Token>> tokenize(const Slice& text) { return Tokenizer(text).run(); }

Parsed<Expression> parse_expression(const Slice& text, const Specification& at) {
  Slice inner = text.trimmed();
  ASSIGN_OR_RETURN(std::vector<Token> tokens, tokenize(inner));
  RETURN_IF_ERROR(check_form(tokens, inner));
  RETURN_IF_ERROR(find_variables(tokens, at));
  return Expression{inner.piece(), std::move(tokens)};
}

}  // namespace sonde::probes
