// Small arithmetic for computed columns, by recursive descent.
#include "tool/text/expression.h"

#include <cctype>
#include <charconv>
#include <cmath>

namespace sonde::tool {
namespace {

constexpr int kMaxDepth = 50;

class Parser {
 public:
  Parser(std::string_view text, const std::function<double(std::string_view)>& value_of)
      : text_(text), value_of_(value_of) {}

  Result<double> all() {
    double value = sum();
    skip_blanks();
    if (error_.empty() && !text_.empty()) error_ = fmt::format("{} is not expected", text_);
    if (!error_.empty()) return base::fail(ErrorKind::kInvalid, error_);
    return value;
  }

 private:
  double sum() {
    double value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else return value;
    }
  }

  double product() {
    double value = factor();
    for (;;) {
      if (take('*')) value *= factor();
      else if (take('/')) value = quotient(value, factor());
      else return value;
    }
  }

  static double quotient(double above, double below) { return below == 0 ? 0 : above / below; }

  double factor() {
    if (++depth_ > kMaxDepth) return fail("it is nested too deep");
    double value = unnested_factor();
    --depth_;
    return value;
  }

  double unnested_factor() {
    if (take('-')) return -factor();
    if (take('(')) return closed(sum());
    skip_blanks();
    if (!text_.empty() && (std::isalpha(static_cast<unsigned char>(text_[0])) || text_[0] == '_')) return named();
    double number = 0;
    auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (error != std::errc()) return fail("a number or a name is missing");
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return number;
  }

  double named() {
    size_t length = 0;
    while (length < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[length])) || text_[length] == '_'))
      ++length;
    std::string_view name = text_.substr(0, length);
    text_.remove_prefix(length);
    if ((name == "min" || name == "max") && take('(')) return of_two(name == "min");
    double value = value_of_(name);
    return std::isnan(value) ? fail(fmt::format("there is no {}", name)) : value;
  }

  double of_two(bool lesser) {
    double a = sum();
    if (!take(',')) return fail("a comma is missing");
    double b = closed(sum());
    return lesser ? std::min(a, b) : std::max(a, b);
  }

  double closed(double value) { return take(')') ? value : fail("a ) is missing"); }

  double fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    text_ = {};
    return 0;
  }

  void skip_blanks() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }

  bool take(char wanted) {
    skip_blanks();
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::string_view text_;
  const std::function<double(std::string_view)>& value_of_;
  std::string error_;
  int depth_ = 0;
};

}  // namespace

Result<double> evaluate(std::string_view expression, const std::function<double(std::string_view)>& value_of) {
  return Parser(expression, value_of).all();
}

}  // namespace sonde::tool
