// Operands of assembly, as GCC and clang print them for x86 (AT&T syntax) and for arm64.
#include "usdt/operand.h"

#include <elf.h>

#include <charconv>
#include <limits>

namespace sonde::usdt {
namespace {

using Kind = Argument::Kind;

tl::unexpected<Error> malformed(std::string what) { return base::fail(ErrorKind::kInvalid, std::move(what)); }

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads pieces off the front of an operand.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') rest_.remove_prefix(1);
  }
  bool take_separator() {
    skip_blanks();
    bool taken = take(',');
    skip_blanks();
    return taken;
  }

  // Letters, digits and what else a symbol's name has; '@' begins what kind of reference it is ("x@tpoff").
  std::string_view word() {
    size_t length = 0;
    while (length < rest_.size() &&
           (is_name_start(rest_[length]) || is_digit(rest_[length]) || rest_[length] == '$' || rest_[length] == '@')) {
      length++;
    }
    std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  // Decimal or 0x…, without a sign, of 64 bits.
  Result<uint64_t> number() {
    bool hexadecimal = rest_.starts_with("0x") || rest_.starts_with("0X");
    if (hexadecimal) rest_.remove_prefix(2);
    uint64_t value = 0;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, hexadecimal ? 16 : 10);
    if (error == std::errc::result_out_of_range) return malformed("a number of more than 64 bits");
    if (error != std::errc()) return malformed("a number is missing");
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    if (is_name_start(peek()) || is_digit(peek())) return malformed("letters after a number");
    return value;
  }

  Result<int64_t> signed_number() {
    bool negative = take('-');
    if (!negative) take('+');
    ASSIGN_OR_RETURN(uint64_t value, number());
    return static_cast<int64_t>(negative ? 0 - value : value);
  }

 private:
  std::string_view rest_;
};

// A sum of numbers and at most one symbol: "8", "-0x18", "name", "name+8", "8+name".
struct Sum {
  int64_t number = 0;
  std::string symbol;
  bool empty = true;
};

Result<std::string> read_symbol(Scanner& in, bool negative, const Sum& so_far) {
  std::string_view name = in.word();
  if (negative || !so_far.symbol.empty()) return malformed("more than one symbol");
  size_t at = name.find('@');
  if (at == std::string_view::npos) return std::string(name);
  std::string_view reference = name.substr(at + 1);
  bool of_thread = false;
  for (std::string_view mark : {"tpoff", "TPOFF", "tls", "TLS"}) of_thread |= reference.find(mark) != name.npos;
  return base::fail(ErrorKind::kUnsupported,
                    of_thread ? "a thread-local variable" : "a reference through a table of the linker");
}

Result<Sum> parse_sum(Scanner& in) {
  Sum sum;
  while (true) {
    char sign = in.peek();
    bool negative = in.take('-');
    if (!negative) in.take('+');
    if (is_digit(in.peek())) {
      ASSIGN_OR_RETURN(uint64_t number, in.number());
      sum.number = static_cast<int64_t>(static_cast<uint64_t>(sum.number) + (negative ? 0 - number : number));
    } else if (is_name_start(in.peek())) {
      ASSIGN_OR_RETURN(sum.symbol, read_symbol(in, negative, sum));
    } else if (sign == '-' || sign == '+') {
      return malformed("nothing after a sign");
    } else {
      return sum;
    }
    sum.empty = false;
    if (in.peek() != '+' && in.peek() != '-') return sum;
  }
}

// Refuses what is no register; a floating-point one where an address is wanted, too.
Status check_address_register(std::string_view name, uint16_t machine) {
  auto found = find_register(name, machine);
  if (!found) return malformed(fmt::format("no register is called {}", name));
  if (found->kind == Register::Kind::kFloat || found->size < 4)
    return malformed(fmt::format("{} cannot hold an address", name));
  return {};
}

Status set_register(std::string_view name, uint16_t machine, Argument& argument) {
  auto found = find_register(name, machine);
  if (!found)
    return malformed(name.empty() ? "the name of a register is missing"
                                  : fmt::format("no register is called {}", name));
  if (found->kind == Register::Kind::kFloat) {
    return base::fail(ErrorKind::kUnsupported,
                      fmt::format("the kernel shows no floating-point registers ({}) to a probe", name));
  }
  argument.kind = Kind::kRegister;
  argument.base = name;
  return {};
}

Status parse_scale(Scanner& in, Argument& argument) {
  ASSIGN_OR_RETURN(uint64_t scale, in.number());
  if (scale != 1 && scale != 2 && scale != 4 && scale != 8) return malformed("a scale that is none of 1, 2, 4 and 8");
  argument.scale = static_cast<int>(scale);
  return {};
}

// "(%base)", "(%base,%index)", "(%base,%index,4)", "(,%index,4)" after its '('.
Status parse_x86_address(Scanner& in, uint16_t machine, Argument& argument) {
  in.skip_blanks();
  if (in.take('%')) {
    argument.base = in.word();
    RETURN_IF_ERROR(check_address_register(argument.base, machine));
  }
  if (in.take_separator()) {
    if (in.take('%')) {
      argument.index = in.word();
      RETURN_IF_ERROR(check_address_register(argument.index, machine));
    } else if (argument.base.empty()) {
      return malformed("no register in the brackets");
    }
    if (in.take_separator()) RETURN_IF_ERROR(parse_scale(in, argument));
  } else if (argument.base.empty()) {
    return malformed("no register in the brackets");
  }
  in.skip_blanks();
  return in.take(')') ? Status() : malformed("a closing bracket is missing");
}

bool is_instruction_pointer(std::string_view name) {
  return name == "rip" || name == "eip" || name == "ip" || name == "pc";
}

Status parse_x86_memory(Scanner& in, uint16_t machine, Argument& argument) {
  ASSIGN_OR_RETURN(Sum sum, parse_sum(in));
  argument.kind = Kind::kMemory;
  argument.displacement = sum.number;
  argument.symbol = std::move(sum.symbol);
  if (in.take('(')) {
    RETURN_IF_ERROR(parse_x86_address(in, machine, argument));
  } else if (sum.empty) {
    return malformed("an operand is missing");
  }
  if (is_instruction_pointer(argument.index)) return malformed("the instruction pointer is no index");
  if (!is_instruction_pointer(argument.base)) return {};
  if (argument.symbol.empty()) return malformed("an offset from the instruction pointer without a symbol");
  return argument.index.empty() ? Status() : malformed("an index beside the instruction pointer");
}

Status parse_x86_register(Scanner& in, uint16_t machine, Argument& argument) {
  std::string name(in.word());
  if (in.peek() == ':')
    return base::fail(ErrorKind::kUnsupported, fmt::format("memory of segment %{}, a thread-local variable", name));
  if (name == "st" && in.take('(')) {
    name += "(" + std::string(in.word());
    if (in.take(')')) name += ")";
  }
  return set_register(name, machine, argument);
}

Status parse_x86(Scanner& in, uint16_t machine, Argument& argument) {
  if (in.take('%')) return parse_x86_register(in, machine, argument);
  if (!in.take('$')) return parse_x86_memory(in, machine, argument);
  ASSIGN_OR_RETURN(Sum sum, parse_sum(in));
  if (sum.empty) return malformed("a number is missing");
  argument.kind = Kind::kConstant;
  argument.constant = sum.number;
  argument.symbol = std::move(sum.symbol);
  return {};
}

// "lsl 3", "sxtw #2", "uxtw" after an index.
Status parse_arm64_extension(Scanner& in, Argument& argument) {
  std::string_view name = in.word();
  if (name != "lsl" && name != "sxtw" && name != "uxtw" && name != "sxtx")
    return malformed(fmt::format("no way to extend an index is called {}", name));
  argument.index_is_signed = name == "sxtw";
  in.skip_blanks();
  bool marked = in.take('#');
  if (in.peek() == ']' && !marked) return {};
  ASSIGN_OR_RETURN(uint64_t shift, in.number());
  if (shift > 4) return malformed("an index is shifted by 4 bits at most");
  argument.scale = 1 << shift;
  return {};
}

// "[x1]", "[sp, 16]", "[x1, x2]", "[x0, w1, sxtw 2]" after the '['.
Status parse_arm64_memory(Scanner& in, Argument& argument) {
  argument.kind = Kind::kMemory;
  in.skip_blanks();
  argument.base = in.word();
  RETURN_IF_ERROR(check_address_register(argument.base, EM_AARCH64));
  if (in.take_separator()) {
    bool marked = in.take('#');
    if (in.peek() == ':') return base::fail(ErrorKind::kUnsupported, "the low bits of a symbol's address");
    if (marked || is_digit(in.peek()) || in.peek() == '-' || in.peek() == '+') {
      ASSIGN_OR_RETURN(argument.displacement, in.signed_number());
    } else {
      argument.index = in.word();
      RETURN_IF_ERROR(check_address_register(argument.index, EM_AARCH64));
      if (in.take_separator()) RETURN_IF_ERROR(parse_arm64_extension(in, argument));
    }
  }
  in.skip_blanks();
  return in.take(']') ? Status() : malformed("a closing bracket is missing");
}

Status parse_arm64(Scanner& in, Argument& argument) {
  if (in.take('[')) return parse_arm64_memory(in, argument);
  bool marked = in.take('#');
  if (marked || is_digit(in.peek()) || in.peek() == '-' || in.peek() == '+') {
    ASSIGN_OR_RETURN(argument.constant, in.signed_number());
    return {};
  }
  return set_register(in.word(), EM_AARCH64, argument);
}

}  // namespace

Status parse_operand(std::string_view text, uint16_t machine, Argument& argument) {
  if (text.empty()) return malformed("an operand is missing");
  Scanner in(text);
  switch (machine) {
    case EM_X86_64:
    case EM_386: RETURN_IF_ERROR(parse_x86(in, machine, argument)); break;
    case EM_AARCH64: RETURN_IF_ERROR(parse_arm64(in, argument)); break;
    default:
      return base::fail(ErrorKind::kUnsupported, fmt::format("the registers of machine {} are not known", machine));
  }
  return in.at_end() ? Status() : malformed("more than one operand");
}

}  // namespace sonde::usdt
