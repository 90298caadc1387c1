// Whether tokens can be a C expression. It knows no types: "(name)" may be a cast or a value.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "probes/tokens.h"
#include "probes/words.h"

namespace sonde::probes {
namespace {

using Kind = Token::Kind;

// Words that another word may follow: "struct file", "unsigned long", "sizeof x".
bool leads_a_type(std::string_view word) {
  return is_one_of(word, {"struct", "union", "enum",   "const",      "volatile", "unsigned", "signed",
                          "long",   "short", "int",    "char",       "sizeof",   "__user",   "__kernel",
                          "__rcu",  "_Bool", "typeof", "__typeof__", "float",    "double"});
}
bool may_end_a_type(std::string_view word) { return leads_a_type(word) && word != "sizeof"; }

bool is_unary(std::string_view op) { return is_one_of(op, {"!", "~", "+", "-", "*", "&", "++", "--"}); }

// One pass over the tokens: an operand and an operator are wanted in turn.
class Form {
 public:
  Form(const std::vector<Token>& tokens, const Slice& text) : tokens_(tokens), text_(text) {}

  Checked run() {
    for (now_ = 0; now_ < tokens_.size(); now_++) {
      RETURN_IF_ERROR(token().kind == Kind::kOperator ? take_operator() : take_operand());
    }
    if (!open_.empty()) {
      const Token& first = tokens_[open_.back()];
      return mistake(first.place, first.text + " is not closed");
    }
    if (tokens_.empty()) return mistake(text_.place(), "an expression is missing");
    if (wants_operand_)
      return mistake(text_.point_after(), fmt::format("a value is missing after {}", tokens_.back().text));
    if (!questions_.empty()) return mistake(tokens_[questions_.back()].place, "? has no : after it", "a ? b : c");
    return {};
  }

 private:
  const Token& token() const { return tokens_[now_]; }
  const Token* before() const { return now_ > 0 ? &tokens_[now_ - 1] : nullptr; }
  bool is_before(std::string_view text) const {
    return before() && before()->kind == Kind::kOperator && before()->text == text;
  }

  Checked take_operand() {
    if (token().kind == Kind::kUserMark) return {};
    if (!wants_operand_ && !may_follow_operand())
      return mistake(token().place, fmt::format("an operator is missing before {}", token().text));
    wants_operand_ = false;
    return {};
  }

  bool may_follow_operand() const {
    if (is_before(")")) return true;  // behind a cast
    if (before()->kind == Kind::kString) return token().kind == Kind::kString;
    bool leads = before()->kind == Kind::kName && leads_a_type(before()->text);
    bool ends = before()->kind == Kind::kName && token().kind == Kind::kName && may_end_a_type(token().text);
    return leads || ends;
  }

  Checked take_operator() {
    const std::string& op = token().text;
    if (is_one_of(op, {"(", "["})) return open();
    if (is_one_of(op, {")", "]"})) return close();
    if (is_one_of(op, {"{", "}"})) return mistake(token().place, op + " has no meaning in an expression");
    if (op == "=") return mistake(token().place, "= assigns a value", "write == to compare");
    if (op == "...") return mistake(token().place, "... has no meaning in an expression");
    if (is_one_of(op, {"->", "."})) return member();
    if (wants_operand_) return is_unary(op) ? Checked() : op == ":" && is_before("?") ? colon() : nothing_before();
    if (is_one_of(op, {"++", "--"})) return {};
    if (is_one_of(op, {"!", "~"}) && !is_before(")"))
      return mistake(token().place, fmt::format("an operator is missing before {}", op));
    if (op == ",") RETURN_IF_ERROR(comma());
    if (op == ":") RETURN_IF_ERROR(colon());
    if (op == "?") questions_.push_back(now_);
    wants_operand_ = true;
    return {};
  }

  Checked comma() const {
    if (!open_.empty()) return {};
    return mistake(token().place, "a comma outside of parentheses",
                   "a filter is one expression: && means both, || either");
  }

  Checked colon() {
    if (questions_.empty()) return mistake(token().place, ": has no ? before it");
    questions_.pop_back();
    return {};
  }

  tl::unexpected<Mistake> nothing_before() const {
    if (!before()) return mistake(token().place, fmt::format("a value is missing before {}", token().text));
    return mistake(token().place, fmt::format("a value is missing between {} and {}", before()->text, token().text));
  }

  Checked member() {
    if (wants_operand_) return nothing_before();
    bool named = now_ + 1 < tokens_.size() && tokens_[now_ + 1].kind == Kind::kName;
    if (!named) return mistake(token().place, fmt::format("the name of a field is missing after {}", token().text));
    now_++;
    return {};
  }

  Checked open() {
    bool calls = !wants_operand_;
    bool callable = calls && (before()->kind == Kind::kName || before()->kind == Kind::kVariable || is_before(")") ||
                              is_before("]") || before()->kind == Kind::kString);
    if (calls && !callable)
      return mistake(token().place, fmt::format("an operator is missing before {}", token().text));
    if (!calls && token().text == "[") return nothing_before();
    open_.push_back(now_);
    wants_operand_ = true;
    return {};
  }

  Checked close() {
    const std::string& op = token().text;
    std::string_view partner = op == ")" ? "(" : "[";
    if (open_.empty()) return mistake(token().place, op + " closes nothing");
    const Token& first = tokens_[open_.back()];
    if (first.text != partner)
      return mistake(token().place, fmt::format("{} is closed by {}", first.text, op),
                     fmt::format("the {} at column {} comes first", first.text, first.place.begin + 1));
    bool no_arguments = is_before("(") && open_.back() > 0 && tokens_[open_.back() - 1].kind != Kind::kOperator;
    bool is_pointer_type = op == ")" && is_before("*");
    if (wants_operand_ && !no_arguments && !is_pointer_type)
      return mistake(token().place, fmt::format("a value is missing before {}", op));
    open_.pop_back();
    wants_operand_ = false;
    return {};
  }

  const std::vector<Token>& tokens_;
  Slice text_;
  size_t now_ = 0;
  bool wants_operand_ = true;
  // Indexes of tokens that wait for another.
  std::vector<size_t> questions_, open_;
};

}  // namespace

Checked check_form(const std::vector<Token>& tokens, const Slice& text) { return Form(tokens, text).run(); }

}  // namespace sonde::probes
