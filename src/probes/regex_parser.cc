// From the text of a regular expression to the steps of its automaton.
#include <cctype>
#include <optional>

#include "probes/regex.h"

namespace sonde::probes {

// Recursive descent. A fragment is a list of steps whose jumps are relative, so that repetition copies it.
class RegexParser {
 public:
  explicit RegexParser(const Slice& text) : text_(text), at_(text.begin()) {}

  Parsed<Regex> run() {
    ASSIGN_OR_RETURN(Fragment all, alternatives(0));
    if (at_ < text_.end()) return mistake({at_, at_ + 1}, ") closes nothing", "write \\) for the character itself");
    regex_.steps_ = std::move(all);
    return std::move(regex_);
  }

 private:
  using Step = Regex::Step;
  using Kind = Step::Kind;
  using Bytes = Regex::Bytes;
  using Fragment = std::vector<Step>;
  static constexpr size_t kMaxSteps = 20000;
  static constexpr unsigned kMaxDepth = 200;
  static constexpr unsigned kMaxRepeat = 1000;
  static constexpr unsigned kUnbounded = ~0u;

  struct Repeat {
    unsigned least = 0, most = kUnbounded;
    size_t end = 0;  // of its text
  };

  bool more() const { return at_ < text_.end(); }
  bool next_is(std::string_view wanted) const { return text_.from(at_).view().starts_with(wanted); }
  bool take(std::string_view wanted) {
    if (!next_is(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  Fragment step_of(const Bytes& bytes) {
    regex_.sets_.push_back(bytes);
    return {Step{Kind::kBytes, static_cast<uint32_t>(regex_.sets_.size() - 1), 0}};
  }
  static Fragment step_of(Kind kind) { return {Step{kind, 0, 0}}; }
  static Step jump(Kind kind, size_t to) { return {kind, 0, static_cast<int32_t>(to)}; }
  static void append(Fragment& to, const Fragment& more) { to.insert(to.end(), more.begin(), more.end()); }

  Parsed<Fragment> alternatives(unsigned depth) {
    ASSIGN_OR_RETURN(Fragment all, sequence(depth));
    while (take("|")) {
      ASSIGN_OR_RETURN(Fragment other, sequence(depth));
      Fragment both{jump(Kind::kFork, all.size() + 2)};
      append(both, all);
      both.push_back(jump(Kind::kJump, other.size() + 1));
      append(both, other);
      all = std::move(both);
      if (all.size() > kMaxSteps) return too_large({text_.begin(), at_});
    }
    return all;
  }

  Parsed<Fragment> sequence(unsigned depth) {
    Fragment all;
    while (more() && !next_is("|") && !next_is(")")) {
      size_t begin = at_;
      ASSIGN_OR_RETURN(Fragment one, atom(depth));
      while (std::optional<Repeat> repeat = repetition()) {
        bool repeats_again = repetition_follows(repeat->end);
        if (repeats_again) return mistake({repeat->end, repeat->end + 1}, "a repetition is repeated");
        at_ = repeat->end;
        take("?");  // which of several matches it would rather have: all the same for a whole name
        if (repeat->least > kMaxRepeat || (repeat->most != kUnbounded && repeat->most > kMaxRepeat))
          return too_large({begin, at_});
        if (repeat->most < repeat->least) return mistake({begin, at_}, "the smaller number comes first in {}");
        ASSIGN_OR_RETURN(one, repeated(one, *repeat, {begin, at_}));
      }
      append(all, one);
      if (all.size() > kMaxSteps) return too_large({begin, at_});
    }
    return all;
  }

  static tl::unexpected<Mistake> too_large(Place place) {
    return mistake(place, "the regular expression is too large", "repeat less: {1,1000} is the most");
  }

  bool repetition_follows(size_t at) const {
    char c = at < text_.end() ? text_.at(at) : 0;
    return c == '*' || c == '+';
  }

  std::optional<Repeat> repetition() const {
    if (!more()) return std::nullopt;
    switch (text_.at(at_)) {
      case '*': return Repeat{0, kUnbounded, at_ + 1};
      case '+': return Repeat{1, kUnbounded, at_ + 1};
      case '?': return Repeat{0, 1, at_ + 1};
      case '{': return counted();
      default: return std::nullopt;
    }
  }

  // "{2}", "{2,}", "{,3}", "{2,3}". Anything else is the character itself, as in Python.
  std::optional<Repeat> counted() const {
    Repeat repeat{0, kUnbounded, at_ + 1};
    std::optional<unsigned> least = number(repeat.end), most = least;
    bool comma = repeat.end < text_.end() && text_.at(repeat.end) == ',';
    if (comma) most = number(++repeat.end);
    bool closed = repeat.end < text_.end() && text_.at(repeat.end) == '}';
    if (!closed || (!comma && !least)) return std::nullopt;
    repeat.end++;
    repeat.least = least.value_or(0);
    repeat.most = most.value_or(kUnbounded);
    return repeat;
  }

  std::optional<unsigned> number(size_t& at) const {
    size_t begin = at;
    unsigned value = 0;
    for (; at < text_.end() && is_digit(text_.at(at)); at++) {
      value = std::min(value * 10 + static_cast<unsigned>(text_.at(at) - '0'), kMaxRepeat + 1);
    }
    return at > begin ? std::optional(value) : std::nullopt;
  }

  static Parsed<Fragment> repeated(const Fragment& one, const Repeat& repeat, Place place) {
    size_t copies = repeat.most == kUnbounded ? repeat.least + 1 : repeat.most;
    if ((one.size() + 2) * copies > kMaxSteps) return too_large(place);
    Fragment all;
    for (unsigned i = 0; i < repeat.least; i++) append(all, one);
    if (repeat.most == kUnbounded) {
      all.push_back(jump(Kind::kFork, one.size() + 2));
      append(all, one);
      all.push_back({Kind::kJump, 0, -static_cast<int32_t>(one.size() + 1)});
      return all;
    }
    for (unsigned i = repeat.least; i < repeat.most; i++) {
      all.push_back(jump(Kind::kFork, one.size() + 1));
      append(all, one);
    }
    return all;
  }

  Parsed<Fragment> atom(unsigned depth) {
    size_t begin = at_;
    char c = text_.at(at_);
    if (repetition()) return mistake({begin, begin + 1}, std::string(1, c) + " has nothing to repeat");
    at_++;
    switch (c) {
      case '(': return group(begin, depth);
      case '[': return set(begin);
      case '\\': return escape(begin);
      case '.': return step_of(~Bytes());
      case '^': return step_of(Kind::kStart);
      case '$': return step_of(Kind::kEnd);
      default: return step_of(cased(Bytes().set(static_cast<unsigned char>(c))));
    }
  }

  Parsed<Fragment> group(size_t begin, unsigned depth) {
    if (depth > kMaxDepth) return mistake({begin, begin + 1}, "parentheses are nested too deeply");
    if (take("?i)")) {
      ignores_case_ = true;
      return Fragment{};
    }
    if (take("?P<")) {
      while (more() && text_.at(at_) != '>') at_++;
      take(">");
    } else if (next_is("?") && !take("?:")) {
      return mistake({begin, std::min(begin + 3, text_.end())}, "this kind of group is not supported",
                     "( ), (?: ) and | are; looking ahead or behind is not");
    }
    ASSIGN_OR_RETURN(Fragment inside, alternatives(depth + 1));
    if (!take(")")) return mistake({begin, begin + 1}, "( is not closed", "write \\( for the character itself");
    return inside;
  }

  static Bytes range(unsigned first, unsigned last) {
    Bytes bytes;
    for (unsigned c = first; c <= last; c++) bytes.set(c);
    return bytes;
  }

  // \d, \w and \s, and in capitals what they leave.
  static std::optional<Bytes> class_of(char c) {
    Bytes bytes;
    switch (std::tolower(static_cast<unsigned char>(c))) {
      case 'd': bytes = range('0', '9'); break;
      case 'w': bytes = range('0', '9') | range('a', 'z') | range('A', 'Z') | Bytes().set('_'); break;
      case 's': bytes = range('\t', '\r') | Bytes().set(' '); break;
      default: return std::nullopt;
    }
    return c < 'a' ? ~bytes : bytes;
  }

  Bytes cased(Bytes bytes) const {
    for (unsigned c = 'a'; ignores_case_ && c <= 'z'; c++) {
      if (bytes.test(c) || bytes.test(c - 32)) bytes.set(c).set(c - 32);
    }
    return bytes;
  }

  Parsed<Fragment> escape(size_t begin) {
    if (!more()) return mistake({begin, begin + 1}, "\\ at the end stands before nothing");
    switch (text_.at(at_)) {
      case 'b': return at_++, step_of(Kind::kWordEdge);
      case 'B': return at_++, step_of(Kind::kNoWordEdge);
      case 'A': return at_++, step_of(Kind::kStart);
      case 'Z': return at_++, step_of(Kind::kEnd);
      default: break;
    }
    if (auto bytes = class_of(text_.at(at_))) return at_++, step_of(*bytes);
    ASSIGN_OR_RETURN(unsigned char c, escaped(begin));
    return step_of(cased(Bytes().set(c)));
  }

  // A single character behind a backslash.
  Parsed<unsigned char> escaped(size_t begin) {
    char c = text_.at(at_++);
    if (is_digit(c) && c != '0')
      return mistake({begin, at_}, "a reference back to a group is not supported", "write the alternatives out");
    constexpr std::string_view names = "nrtfv0", values("\n\r\t\f\v\0", 6);
    if (size_t known = names.find(c); known != names.npos) return static_cast<unsigned char>(values[known]);
    if (is_name_start(c) && c != '_')
      return mistake({begin, at_}, std::string("\\") + c + " is not known in a regular expression",
                     "\\d, \\w, \\s, \\b and what they leave are: \\D, \\W, \\S, \\B");
    return static_cast<unsigned char>(c);
  }

  Parsed<Fragment> set(size_t begin) {
    Bytes bytes;
    bool inverted = take("^");
    for (bool first = true; more() && (first || !next_is("]")); first = false) {
      size_t start = at_;
      ASSIGN_OR_RETURN(Bytes low, set_member());
      bool is_range = low.count() == 1 && next_is("-") && at_ + 1 < text_.end() && text_.at(at_ + 1) != ']';
      if (is_range) {
        at_++;
        ASSIGN_OR_RETURN(Bytes high, set_member());
        unsigned from = first_of(low), to = first_of(high);
        if (high.count() != 1 || from > to) return mistake({start, at_}, "the range in [ ] is not in order");
        low = range(from, to);
      }
      bytes |= low;
    }
    if (!take("]")) return mistake({begin, begin + 1}, "[ is not closed", "write \\[ for the character itself");
    bytes = cased(bytes);
    return step_of(inverted ? ~bytes : bytes);
  }

  static unsigned first_of(const Bytes& bytes) { return static_cast<unsigned>(bytes._Find_first()); }

  Parsed<Bytes> set_member() {
    size_t begin = at_;
    if (!take("\\")) return Bytes().set(static_cast<unsigned char>(text_.at(at_++)));
    if (!more()) return mistake({begin, begin + 1}, "\\ at the end stands before nothing");
    if (auto bytes = class_of(text_.at(at_))) return at_++, *bytes;
    ASSIGN_OR_RETURN(unsigned char c, escaped(begin));
    return Bytes().set(c);
  }

  Slice text_;
  size_t at_;
  bool ignores_case_ = false;
  Regex regex_;
};

Parsed<Regex> Regex::parse(const Slice& text) { return RegexParser(text).run(); }

}  // namespace sonde::probes
