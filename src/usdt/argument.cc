// One argument of a USDT probe: its size, then an operand in the assembly of its machine.
#include "usdt/argument.h"

#include <elf.h>

#include <charconv>

#include "usdt/operand.h"

namespace sonde::usdt {
namespace {

constexpr size_t kMaxText = 1024;  // of one argument

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Takes "-4f@" off the front of `text`; without an '@' the operand's own size holds.
Status take_size(std::string_view& text, Argument& argument) {
  size_t at = text.find('@');
  if (at == std::string_view::npos) return {};
  std::string_view size = text.substr(0, at);
  if (size.find_first_not_of("-0123456789f") != std::string_view::npos) return {};  // "name@plt": of the operand
  if (size.starts_with('-')) {
    argument.is_signed = true;
    size.remove_prefix(1);
  }
  if (size.ends_with('f')) {
    argument.is_float = true;
    size.remove_suffix(1);
  }
  if (size != "1" && size != "2" && size != "4" && size != "8") {
    return base::fail(ErrorKind::kInvalid, "a size that is none of 1, 2, 4 and 8 bytes");
  }
  argument.size = static_cast<unsigned>(size[0] - '0');
  text.remove_prefix(at + 1);
  return {};
}

Status parse(std::string_view text, uint16_t machine, Argument& argument) {
  if (text.size() > kMaxText) return base::fail(ErrorKind::kInvalid, fmt::format("longer than {} bytes", kMaxText));
  std::string_view rest = text;
  argument.size = machine == EM_386 ? 4 : 8;
  RETURN_IF_ERROR(take_size(rest, argument));
  bool sized = rest.size() != text.size();
  RETURN_IF_ERROR(parse_operand(rest, machine, argument));
  if (!sized && argument.kind == Argument::Kind::kRegister) argument.size = find_register(argument.base, machine)->size;
  return {};
}

// What a message shows of a text that nobody vouches for.
std::string quoted(std::string_view text) {
  constexpr size_t kShown = 64;
  std::string shown = "\"";
  for (char c : text.substr(0, kShown)) shown += c >= 0x20 && c < 0x7f ? c : '?';
  return shown + (text.size() > kShown ? "…\"" : "\"");
}

}  // namespace

Result<Argument> parse_argument(std::string_view text, uint16_t machine) {
  Argument argument;
  if (auto parsed = parse(text, machine, argument); !parsed) {
    return tl::unexpected(base::in_context("argument " + quoted(text), parsed.error()));
  }
  argument.text = text;
  return argument;
}

std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> list;
  size_t start = 0;
  bool inside = false;
  for (size_t i = 0; i <= text.size(); i++) {
    if (i < text.size()) {
      if (text[i] == '[' || text[i] == '(') inside = true;
      if (text[i] == ']' || text[i] == ')') inside = false;
      if (inside || !is_blank(text[i])) continue;
    }
    if (i > start) list.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return list;
}

Result<std::vector<Argument>> parse_arguments(std::string_view text, uint16_t machine) {
  std::vector<std::string_view> pieces = split_arguments(text);
  if (pieces.size() > kMaxArguments) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{} arguments; a probe has at most {}", pieces.size(), kMaxArguments));
  }
  std::vector<Argument> list;
  for (std::string_view piece : pieces) {
    ASSIGN_OR_RETURN(Argument argument, parse_argument(piece, machine));
    list.push_back(std::move(argument));
  }
  return list;
}

std::string c_type(const Argument& argument) {
  return fmt::format("{}int{}_t", argument.is_signed ? "" : "u", argument.size * 8);
}

}  // namespace sonde::usdt
