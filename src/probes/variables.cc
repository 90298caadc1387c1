// What names of an expression mean at a probe: arguments, fields, the returned value, the current task.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "kernel/suggestion.h"
#include "probes/tokens.h"

namespace sonde::probes {
namespace {

struct Known {
  std::string_view name;
  Variable variable;
  bool at_return = false;    // of return probes only
  bool needs_entry = false;  // of argdist, which then probes the function's entry, too
};

constexpr std::array<Known, 11> kKnown = {{
    {"$retval", Variable::kReturned, true},
    {"$entry", Variable::kEntry, true, true},
    {"$latency", Variable::kLatency, true, true},
    {"$PID", Variable::kProcess},
    {"$tgid", Variable::kProcess},
    {"$pid", Variable::kThread},
    {"$COMM", Variable::kComm},
    {"$task", Variable::kTask},
    {"$cpu", Variable::kCpu},
    {"$uid", Variable::kUser},
    {"$gid", Variable::kGroup},
}};
constexpr unsigned kMaxRegisterArguments = 6;
constexpr unsigned kMaxUsdtArguments = 64;

class Finder {
 public:
  Finder(std::vector<Token>& tokens, const Specification& at) : tokens_(tokens), at_(at) {}

  Checked run() {
    for (size_t i = 0; i < tokens_.size(); i++) {
      Token& token = tokens_[i];
      if (token.kind == Token::Kind::kVariable && token.variable == Variable::kNone) RETURN_IF_ERROR(dollar(i));
      if (token.kind == Token::Kind::kName && !is_field(i)) RETURN_IF_ERROR(name(i));
      if (token.kind == Token::Kind::kUserMark) RETURN_IF_ERROR(user_mark(i));
    }
    return {};
  }

 private:
  bool is_operator(size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].kind == Token::Kind::kOperator && tokens_[i].text == text;
  }
  bool is_field(size_t i) const { return i > 0 && (is_operator(i - 1, "->") || is_operator(i - 1, ".")); }

  static void set(Token& token, Variable variable, unsigned number = 0) {
    token.kind = Token::Kind::kVariable;
    token.variable = variable;
    token.number = number;
  }

  Checked unknown(const Token& token) const {
    kernel::Suggestion nearest(token.text);
    std::string all;
    for (const Known& each : kKnown) {
      nearest.offer(each.name);
      if (!each.needs_entry || at_.tool == Tool::kArgdist)
        all += fmt::format("{}{}", all.empty() ? "" : " ", each.name);
    }
    std::string hint = nearest.best().empty() ? "there are: " + all : nearest.best() + " exists";
    return mistake(token.place, fmt::format("{} is not known", token.text), hint);
  }

  Checked dollar(size_t i) {
    Token& token = tokens_[i];
    auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& each) { return each.name == token.text; });
    if (known == kKnown.end()) return unknown(token);
    if (known->needs_entry && at_.tool != Tool::kArgdist)
      return mistake(token.place, fmt::format("{} is of argdist", token.text),
                     "funcslower and funclatency measure the time of calls");
    if (known->at_return && at_.kind != Kind::kReturn) return only_at_return(token);
    set(token, known->variable);
    return token.variable == Variable::kEntry ? entry(i) : Checked();
  }

  Checked only_at_return(const Token& token) const {
    bool can_return = at_.kind == Kind::kEntry;
    return mistake(token.place,
                   fmt::format("{} is known when a function returns, and this probe is elsewhere", token.text),
                   can_return ? fmt::format("begin with r: r:{}:{}", at_.library.text, at_.function.text) : "");
  }

  // $entry(NAME): the parameter's number goes to NAME's token.
  Checked entry(size_t i) {
    const Token& token = tokens_[i];
    bool has_form = is_operator(i + 1, "(") && is_operator(i + 3, ")") && tokens_[i + 2].kind == Token::Kind::kName;
    if (!has_form) return mistake(token.place, "$entry takes one parameter's name", "for example $entry(size)");
    Token& wanted = tokens_[i + 2];
    int number = parameter(wanted.text);
    if (number >= 0) return set(wanted, Variable::kParameter, static_cast<unsigned>(number)), Checked();
    return no_parameter(wanted);
  }

  Checked no_parameter(const Token& wanted) const {
    kernel::Suggestion nearest(wanted.text);
    for (const Parameter& each : at_.parameters) nearest.offer(each.name.text);
    std::string hint = nearest.best().empty()
                           ? fmt::format("name it in the signature: {}(TYPE {})", at_.function.text, wanted.text)
                           : nearest.best() + " exists";
    return mistake(wanted.place, fmt::format("the signature has no parameter {}", wanted.text), hint);
  }

  int parameter(std::string_view name) const {
    for (size_t i = 0; i < at_.parameters.size(); i++) {
      if (at_.parameters[i].name.text == name) return static_cast<int>(i);
    }
    return -1;
  }

  Checked name(size_t i) {
    Token& token = tokens_[i];
    if (int number = parameter(token.text); number >= 0) return use_parameter(token, static_cast<unsigned>(number));
    if (token.text == "STRCMP") return compare(i);
    if (token.text == "args") return fields(token);
    if (token.text == "retval")
      return at_.kind == Kind::kReturn ? (set(token, Variable::kReturned), Checked()) : only_at_return(token);
    if (token.text.starts_with("arg")) return argument(token);
    return {};
  }

  Checked use_parameter(Token& token, unsigned number) const {
    set(token, Variable::kParameter, number);
    if (at_.tool != Tool::kArgdist || at_.kind != Kind::kReturn) return {};
    return mistake(token.place, fmt::format("{} is gone when the function returns", token.text),
                   fmt::format("$entry({}) is its value at the entry", token.text));
  }

  Checked compare(size_t i) {
    Token& token = tokens_[i];
    set(token, Variable::kCompare);
    if (!is_operator(i + 1, "("))
      return mistake(token.place, "STRCMP takes two arguments", R"(for example STRCMP("text", arg1))");
    const Token& literal = tokens_[i + 2];
    if (literal.kind != Token::Kind::kString)
      return mistake(literal.place, "STRCMP's first argument is a string in double quotes",
                     R"(for example STRCMP("text", arg1))");
    if (is_operator(i + 3, ",")) return {};
    return mistake(i + 3 < tokens_.size() ? tokens_[i + 3].place : literal.place, "STRCMP's second argument is missing",
                   R"(for example STRCMP("text", arg1))");
  }

  Checked fields(Token& token) const {
    if (at_.kind == Kind::kTracepoint) return set(token, Variable::kFields), Checked();
    return mistake(
        token.place, "args is of tracepoints",
        at_.kind == Kind::kUsdt ? "a USDT probe has arg1, arg2, ..." : "a function has arg1 to arg6, or a signature");
  }

  Checked argument(Token& token) const {
    std::string_view digits = std::string_view(token.text).substr(3);
    unsigned number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || end != digits.data() + digits.size()) return {};  // another name
    if (at_.kind == Kind::kTracepoint)
      return mistake(token.place, "a tracepoint has fields, no " + token.text,
                     fmt::format("args->FIELD; sonde tplist -v {} lists them", at_.function.text));
    unsigned most = at_.kind == Kind::kUsdt ? kMaxUsdtArguments : kMaxRegisterArguments;
    bool exists = error == std::errc() && number >= 1 && number <= most;
    if (!exists)
      return mistake(token.place, fmt::format("{} does not exist: there are arg1 to arg{}", token.text, most));
    return set(token, Variable::kArgument, number), Checked();
  }

  Checked user_mark(size_t i) const {
    Variable marked = tokens_[i - 1].variable;
    if (marked == Variable::kArgument || marked == Variable::kParameter) return {};
    return mistake(tokens_[i].place, "@user marks an argument, which " + tokens_[i - 1].text + " is not",
                   "for example arg2@user");
  }

  std::vector<Token>& tokens_;
  const Specification& at_;
};

}  // namespace

Checked find_variables(std::vector<Token>& tokens, const Specification& at) { return Finder(tokens, at).run(); }

}  // namespace sonde::probes
