#include "bpf/hooks/uprobe_place.h"

#include <elf.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "elf/file.h"
#include "elf/instruction.h"
#include "symbols/binary.h"

namespace sonde::bpf {
namespace {

std::optional<uint64_t> parse_number(std::string_view text) {
  int radix = text.starts_with("0x") ? 16 : 10;
  if (radix == 16) text.remove_prefix(2);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The colon between a binary and what is in it, which is none of "::".
size_t separator(std::string_view target) {
  size_t slash = target.rfind('/');
  for (size_t i = slash == target.npos ? 0 : slash; i < target.size(); i++) {
    if (target[i] != ':') continue;
    if (i + 1 == target.size() || target[i + 1] != ':') return i;
    i++;
  }
  return target.npos;
}

tl::unexpected<Error> no_place(const std::string& target) {
  return base::fail(
      ErrorKind::kInvalid,
      fmt::format("{}: not of the form BINARY:FUNCTION, BINARY:FUNCTION+OFFSET or BINARY:0xOFFSET", target),
      "for example bash:readline, c:malloc, or /usr/bin/bash:0x2f4a0, which is an offset in the file");
}

const elf::Segment* segment_at(const elf::File& file, uint64_t offset) {
  for (const elf::Segment& segment : file.segments()) {
    bool inside = offset >= segment.offset && offset - segment.offset < segment.file_size;
    if (inside && segment.executable) return &segment;
  }
  return nullptr;
}

constexpr uint64_t kVectorCode = 64;  // bytes: a few instructions

uint64_t behind_vectors(const elf::File& file, const elf::Segment& segment, uint64_t offset) {
  auto code = file.read(offset, std::min(kVectorCode, segment.offset + segment.file_size - offset));
  std::string_view rest = code ? std::string_view(*code) : std::string_view();
  while (unsigned length = elf::x86_unprobeable_vector_length(rest)) {
    rest.remove_prefix(length);
    offset += length;
  }
  return offset;
}

Result<std::vector<uint64_t>> starts_of(const UserProbe& wanted, const symbols::Binary& binary) {
  if (!wanted.symbol.empty()) {
    ASSIGN_OR_RETURN(std::vector<symbols::Function> functions, symbols::functions_called(binary, wanted.symbol));
    std::vector<uint64_t> starts;
    for (const symbols::Function& each : functions) starts.push_back(each.offset);
    return starts;
  }
  if (wanted.address == 0) return std::vector<uint64_t>{0};
  if (auto offset = binary.file->offset_of(wanted.address)) return std::vector<uint64_t>{*offset};
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{}: the address {:#x} lies outside of the file", binary.shown, wanted.address),
                    "addresses are those that nm(1) and objdump(1) print");
}

// The kernel finds out no sooner than a process runs into it, and what it overwrites in the middle of an instruction
// breaks the program. Where it cannot be told, as in a function that nobody knows the start of, the user is believed.
Status check_instruction(const symbols::Binary& binary, uint64_t offset) {
  constexpr uint64_t kMaxCode = 4u << 20;
  auto address = binary.file->address_of(offset);
  auto function = address ? symbols::function_at(binary, *address) : tl::unexpected(Error{});
  if (!function || offset - function->offset >= std::min(function->size, kMaxCode)) return {};
  auto code = binary.file->read(function->offset, std::min(function->size, kMaxCode));
  if (!code || elf::starts_instruction(*code, offset - function->offset, binary.file->machine()).value_or(true))
    return {};
  return base::fail(
      ErrorKind::kInvalid,
      fmt::format("{}: no instruction starts at {}+{:#x}: a probe in the middle of one would break the program",
                  binary.shown, function->name, offset - function->offset),
      "objdump -d shows where they start; an offset in the file, BINARY:0xOFFSET, is taken as it is");
}

Result<UserProbe> find_matching(const UserProbe& wanted) {
  ASSIGN_OR_RETURN(symbols::Binary binary, symbols::find_binary(wanted.binary, wanted.pid));
  ASSIGN_OR_RETURN(std::vector<symbols::Function> functions, symbols::find_functions(binary, wanted.pattern));
  UserProbe found = wanted;
  found.path = binary.path;
  for (const symbols::Function& each : functions) found.places.push_back({each.offset});
  if (!functions.empty()) return found;
  return base::fail(
      ErrorKind::kNotFound, fmt::format("{}: no function's whole name matches {}", binary.shown, wanted.pattern),
      "the pattern is a POSIX extended regular expression, and names of C++ are matched as nm(1) prints them");
}

}  // namespace

Result<UserProbe> parse_place(const std::string& target) {
  size_t colon = separator(target);
  if (colon == target.npos || colon == 0 || colon + 1 == target.size()) return no_place(target);
  UserProbe wanted{.binary = target.substr(0, colon)};
  std::string rest = target.substr(colon + 1);
  if (auto offset = parse_number(rest)) {
    wanted.offset = *offset;
    return wanted;
  }
  if (size_t plus = rest.rfind('+'); plus != rest.npos && plus > 0) {
    // "operator+" has nothing behind its plus.
    if (auto offset = parse_number(std::string_view(rest).substr(plus + 1))) {
      wanted.offset = *offset;
      rest.resize(plus);
    }
  }
  wanted.symbol = rest;
  if (rest.starts_with("0x")) return no_place(target);
  return wanted;
}

Result<UserProbe> find_place(const UserProbe& wanted) {
  if (!wanted.pattern.empty()) return find_matching(wanted);
  ASSIGN_OR_RETURN(symbols::Binary binary, symbols::find_binary(wanted.binary, wanted.pid));
  ASSIGN_OR_RETURN(std::vector<uint64_t> starts, starts_of(wanted, binary));
  bool is_start = wanted.address == 0 && (wanted.symbol.empty() || wanted.offset == 0);
  UserProbe found = wanted;
  found.path = binary.path;
  for (uint64_t start : starts) {
    if (!is_start) RETURN_IF_ERROR(check_instruction(binary, start + wanted.offset));
    found.places.push_back({start + wanted.offset});
  }
  return found;
}

Result<UserProbe> places_of(const Hook& hook) {
  const auto& said = hook.as<UserProbe>();
  if (!said.path.empty()) return said;
  ASSIGN_OR_RETURN(UserProbe wanted, parse_place(hook.target));
  wanted.pid = said.pid;
  return find_place(wanted);
}

Status settle_places(UserProbe& wanted) {
  auto file = elf::File::open(wanted.path);
  if (!file) return file.error().kind == ErrorKind::kInvalid ? Status() : tl::unexpected(file.error());
  for (UserProbe::Place& place : wanted.places) {
    const elf::Segment* segment = segment_at(*file, place.offset);
    if (!segment) {
      return base::fail(ErrorKind::kInvalid,
                        fmt::format("{}: the offset {:#x} lies outside of the file's code", wanted.path, place.offset));
    }
    if (file->machine() == EM_X86_64) place.offset = behind_vectors(*file, *segment, place.offset);
  }
  return {};
}

}  // namespace sonde::bpf
