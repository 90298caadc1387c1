#include "probes/format.h"

#include <fmt/format.h>

namespace sonde::probes {
namespace {

constexpr int kMaxWidth = 1000;
constexpr std::string_view kHint =
    "there are: %d %i %u %x %X %o %c %s %p %K %U, with h, hh, l, ll or z before d i u x X o";

class FormatParser {
 public:
  explicit FormatParser(const Slice& text) : text_(text), at_(text.begin()) {
    format_.text = {std::string(text.view()), text.place()};
  }

  Parsed<Format> run() {
    format_.literals.emplace_back();
    while (at_ < text_.end()) {
      char c = text_.at(at_);
      if (c == '\\') RETURN_IF_ERROR(escape());
      else if (c == '%') RETURN_IF_ERROR(percent());
      else literal() += c, at_++;
    }
    return std::move(format_);
  }

 private:
  std::string& literal() { return format_.literals.back(); }
  bool more() const { return at_ < text_.end(); }
  bool take(std::string_view wanted) {
    if (!text_.from(at_).view().starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  Checked escape() {
    size_t begin = at_++;
    constexpr std::string_view names = R"(nrtabfv0"'\?)", values("\n\r\t\a\b\f\v\0\"'\\?", 12);
    size_t known = more() ? names.find(text_.at(at_)) : names.npos;
    if (known == names.npos)
      return mistake({begin, std::min(at_ + 1, text_.end())}, "this escape is not known",
                     R"(there are: \n \t \r \" \\)");
    literal() += values[known];
    at_++;
    return {};
  }

  Checked percent() {
    size_t begin = at_++;
    if (take("%")) return literal() += '%', Checked();
    Conversion conversion;
    while (more() && std::string_view("-+ #0").find(text_.at(at_)) != std::string_view::npos)
      conversion.flags += text_.at(at_++);
    RETURN_IF_ERROR(number(conversion.width));
    if (take(".")) {
      conversion.precision = 0;
      RETURN_IF_ERROR(number(conversion.precision));
    }
    RETURN_IF_ERROR(letter(begin, conversion));
    conversion.place = {begin, at_};
    format_.conversions.push_back(std::move(conversion));
    format_.literals.emplace_back();
    return {};
  }

  Checked number(int& value) {
    size_t begin = at_;
    if (take("*"))
      return mistake({begin, at_}, "* takes a width out of an argument, which is not supported",
                     "write the width itself");
    for (; more() && is_digit(text_.at(at_)); at_++)
      value = std::min(std::max(value, 0) * 10 + (text_.at(at_) - '0'), kMaxWidth + 1);
    if (value <= kMaxWidth) return {};
    return mistake({begin, at_}, fmt::format("a width of more than {}", kMaxWidth));
  }

  // "ll", "l", "hh", … and the letter.
  Checked letter(size_t begin, Conversion& conversion) {
    size_t length = at_;
    struct Length {
      std::string_view name;
      unsigned bytes;
    };
    for (const Length& each :
         {Length{"ll", 8}, {"l", 8}, {"hh", 1}, {"h", 2}, {"z", 8}, {"j", 8}, {"t", 8}, {"q", 8}}) {
      if (!take(each.name)) continue;
      conversion.bytes = each.bytes;
      break;
    }
    bool has_length = at_ > length;
    if (!more()) return mistake({begin, at_}, "the conversion is not complete", "write %% for the character itself");
    conversion.letter = text_.at(at_++);
    using Kind = Conversion::Kind;
    switch (conversion.letter) {
      case 'd':
      case 'i': conversion.kind = Kind::kSigned; return {};
      case 'u': conversion.kind = Kind::kUnsigned; return {};
      case 'x':
      case 'X': conversion.kind = Kind::kHex; return {};
      case 'o': conversion.kind = Kind::kOctal; return {};
      default: break;
    }
    if (has_length) return unknown(begin);
    switch (conversion.letter) {
      case 'c':
        conversion.kind = Kind::kCharacter;
        conversion.bytes = 1;
        return {};
      case 's':
        conversion.kind = Kind::kString;
        conversion.bytes = 8;
        return {};
      case 'p':
        conversion.kind = Kind::kPointer;
        conversion.bytes = 8;
        return {};
      case 'K':
        conversion.kind = Kind::kKernelSymbol;
        conversion.bytes = 8;
        return {};
      case 'U':
        conversion.kind = Kind::kUserSymbol;
        conversion.bytes = 8;
        return {};
      case 'f':
      case 'F':
      case 'e':
      case 'g':
      case 'a': return mistake({begin, at_}, "BPF programs have no floating point", "use %d or %llu of a whole number");
      default: return unknown(begin);
    }
  }

  tl::unexpected<Mistake> unknown(size_t begin) const {
    std::string shown(text_.between(begin, end_of_character()).view());
    return mistake({begin, end_of_character()}, fmt::format("{} is not a conversion", shown), std::string(kHint));
  }
  size_t end_of_character() const {
    size_t end = at_;
    while (end < text_.end() && (static_cast<unsigned char>(text_.at(end)) & 0xc0) == 0x80) end++;
    return end;
  }

  Slice text_;
  size_t at_;
  Format format_;
};

}  // namespace

Parsed<Format> parse_format(const Slice& text) { return FormatParser(text).run(); }

Checked check_arguments(const Format& format, const std::vector<Expression>& arguments, Place end) {
  size_t wanted = format.conversions.size(), given = arguments.size();
  std::string counts = fmt::format("the format has {} conversion{}, and {} argument{} follow{}", wanted,
                                   wanted == 1 ? "" : "s", given, given == 1 ? "" : "s", given == 1 ? "s" : "");
  if (given > wanted)
    return mistake(arguments[wanted].text.place, counts, "add a conversion, such as %d, or drop the argument");
  if (given == wanted) return {};
  Place first = format.conversions[given].place;
  return mistake(first, counts, fmt::format("add an argument for it after column {}", end.end));
}

}  // namespace sonde::probes
