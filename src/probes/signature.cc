#include "probes/signature.h"

#include <algorithm>

#include <fmt/format.h>

#include "probes/slice.h"
#include "probes/tokens.h"
#include "probes/words.h"

namespace sonde::probes {
namespace {

bool is_operator(const Token& token, std::string_view text) {
  return token.kind == Token::Kind::kOperator && token.text == text;
}

// Words that cannot be a parameter's name.
bool is_type_word(std::string_view word) {
  return is_one_of(word,
                   {"void",  "char",     "short", "int",      "long",   "unsigned", "signed", "float",  "double",
                    "_Bool", "bool",     "const", "volatile", "struct", "union",    "enum",   "__user", "__kernel",
                    "__rcu", "restrict", "u8",    "u16",      "u32",    "u64",      "s8",     "s16",    "s32",
                    "s64",   "__u8",     "__u16", "__u32",    "__u64",  "__s8",     "__s16",  "__s32",  "__s64"}) ||
         word.ends_with("_t");
}

bool has_tag_word(std::string_view word) { return is_one_of(word, {"struct", "union", "enum"}); }

// What stands in a declaration, and nothing of expressions.
Checked check_declaration(const std::vector<Token>& tokens) {
  for (const Token& each : tokens) {
    bool fits = each.kind == Token::Kind::kName || each.kind == Token::Kind::kNumber ||
                (each.kind == Token::Kind::kOperator && is_one_of(each.text, {"*", "(", ")", "[", "]", ",", "..."}));
    if (!fits)
      return mistake(each.place, fmt::format("{} has no place in a parameter", each.text),
                     "a filter stands behind a blank: function (FILTER)");
  }
  return {};
}

// Index of the token that is the parameter's name; tokens.size(): it has none.
size_t name_of(const std::vector<Token>& tokens) {
  for (size_t i = 0; i + 2 < tokens.size(); i++) {  // a pointer to a function: "int (*done)(void)"
    if (is_operator(tokens[i], "(") && is_operator(tokens[i + 1], "*") && tokens[i + 2].kind == Token::Kind::kName)
      return i + 2;
  }
  size_t end = tokens.size();
  for (size_t i = 0; i < tokens.size() && end == tokens.size(); i++) {
    if (is_operator(tokens[i], "[")) end = i;
  }
  if (end < 2) return tokens.size();
  const Token& last = tokens[end - 1];
  bool is_name = last.kind == Token::Kind::kName && !is_type_word(last.text) && !has_tag_word(tokens[end - 2].text);
  return is_name ? end - 1 : tokens.size();
}

Checked check_brackets(const std::vector<Token>& tokens) {
  std::vector<const Token*> open;
  for (const Token& each : tokens) {
    if (is_operator(each, "(") || is_operator(each, "[")) open.push_back(&each);
    if (!is_operator(each, ")") && !is_operator(each, "]")) continue;
    if (open.empty()) return mistake(each.place, each.text + " closes nothing");
    open.pop_back();
  }
  if (!open.empty()) return mistake(open.back()->place, open.back()->text + " is not closed");
  return {};
}

Parsed<Parameter> parse_parameter(const Slice& text) {
  Slice inner = text.trimmed();
  if (inner.empty()) return mistake(text.place(), "a parameter is missing", "for example int fd");
  ASSIGN_OR_RETURN(std::vector<Token> tokens, tokenize(inner));
  if (tokens.empty()) return mistake(inner.place(), "a parameter is missing", "for example int fd");
  RETURN_IF_ERROR(check_declaration(tokens));
  RETURN_IF_ERROR(check_brackets(tokens));
  const Token& first = tokens.front();
  bool is_rest = tokens.size() == 1 && first.text == "...";
  if (first.kind != Token::Kind::kName && !is_rest)
    return mistake(first.place, "a parameter begins with its type", "for example int fd");
  if (tokens.size() == 1 && !is_rest && !is_type_word(first.text))
    return mistake(first.place, fmt::format("the parameter {} has no type", first.text),
                   fmt::format("for example int {}", first.text));
  Parameter parameter;
  size_t name = name_of(tokens);
  if (name < tokens.size()) parameter.name = {tokens[name].text, tokens[name].place};
  // All that is not the name: "int (*)(void)", "char [16]".
  std::string type(inner.view());
  if (name < tokens.size()) type.erase(tokens[name].place.begin - inner.begin(), tokens[name].text.size());
  parameter.type = {Slice(type).piece().text, inner.place()};
  parameter.is_user =
      std::any_of(tokens.begin(), tokens.end(), [](const Token& each) { return each.text == "__user"; });
  return parameter;
}

Checked check_unique(const std::vector<Parameter>& parameters) {
  for (size_t i = 0; i < parameters.size(); i++) {
    for (size_t j = 0; j < i; j++) {
      if (!parameters[i].name.empty() && parameters[i].name.text == parameters[j].name.text)
        return mistake(parameters[i].name.place, fmt::format("two parameters are called {}", parameters[i].name.text));
    }
  }
  return {};
}

}  // namespace

Parsed<std::vector<Parameter>> parse_signature(const Slice& text) {
  std::vector<Parameter> parameters;
  std::string_view inside = text.trimmed().view();
  if (inside.empty() || inside == "void") return parameters;
  constexpr size_t kMost = 64;
  std::vector<Slice> parts = split_outside(text, ',');
  if (parts.size() > kMost) return mistake(parts[kMost].place(), "more than 64 parameters");
  for (const Slice& each : parts) {
    ASSIGN_OR_RETURN(Parameter parameter, parse_parameter(each));
    parameters.push_back(std::move(parameter));
  }
  RETURN_IF_ERROR(check_unique(parameters));
  return parameters;
}

Parsed<Piece> parse_type(const Slice& text) {
  Slice inner = text.trimmed();
  if (inner.empty()) return mistake(text.place(), "a type is missing", "for example u64");
  ASSIGN_OR_RETURN(std::vector<Token> tokens, tokenize(inner));
  bool stars = false;
  for (const Token& each : tokens) {
    bool is_star = is_operator(each, "*");
    bool fits = is_star || (each.kind == Token::Kind::kName &&
                            (!stars || is_one_of(each.text, {"const", "volatile", "restrict"})));
    if (!fits)
      return mistake(each.place, fmt::format("{} has no place in a type", each.text),
                     "for example u64, char * or struct file *");
    if (is_one_of(each.text, {"float", "double"}))
      return mistake(each.place, "BPF programs have no floating point", "take a whole number: u64, int");
    stars |= is_star;
  }
  if (tokens.empty() || is_operator(tokens.front(), "*"))
    return mistake(inner.place(), "the type has no name before *", "for example char *");
  if (tokens.size() == 1 && has_tag_word(tokens[0].text))
    return mistake(inner.place(), fmt::format("{} which?", tokens[0].text), "for example struct file *");
  return inner.piece();
}

bool is_string_type(std::string_view type) {
  auto tokens = tokenize(Slice(type));
  if (!tokens) return false;
  size_t chars = 0, stars = 0;
  for (const Token& each : *tokens) {
    if (is_one_of(each.text, {"const", "volatile", "unsigned", "signed", "__user", "restrict"})) continue;
    if (each.text == "char") chars++;
    else if (each.text == "*") stars++;
    else return false;
  }
  return chars == 1 && stars == 1;
}

}  // namespace sonde::probes
