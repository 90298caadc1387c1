// The C text behind bpf_usdt_readarg(), written out of where the arguments lie.
#include "usdt/reader_text.h"

#include <elf.h>

#include <algorithm>
#include <map>

#include "usdt/read_code.h"

namespace sonde::usdt {
namespace {

#if defined(__x86_64__)
constexpr bool is_native(uint16_t machine) { return machine == EM_X86_64 || machine == EM_386; }
constexpr const char* kMachine = "x86-64";
#elif defined(__aarch64__)
constexpr bool is_native(uint16_t machine) { return machine == EM_AARCH64; }
constexpr const char* kMachine = "arm64";
#else
#error "sonde knows the arguments of probes on x86-64 and arm64 only"
#endif

constexpr uint64_t kPageBits = 0xfff;

// Integers widen to what they are read into, sign and all; what would lose bits is an error, and so is another size for
// a float. Texts may be put together: the first one's holds.
constexpr const char* kStart = R"(#include <uapi/linux/ptrace.h>
#ifndef _BPF_USDT_STORE
#define _BPF_USDT_STORE
static inline __attribute__((always_inline)) int _bpf_usdt_store(void *dest, size_t len, int64_t value, size_t size) {
  if (len < size) return -1;
  switch (len) {
    case 1: __builtin_memcpy(dest, &value, 1); return 0;
    case 2: __builtin_memcpy(dest, &value, 2); return 0;
    case 4: __builtin_memcpy(dest, &value, 4); return 0;
    case 8: __builtin_memcpy(dest, &value, 8); return 0;
  }
  return -1;
}
#endif
)";

struct Place {
  const ProbeLocation* location;
  uint16_t machine;
};

// All that is enabled for one program.
struct Wanted {
  std::vector<std::string> probes;
  std::vector<Place> places;
};

// Programs in the order in which they were first named.
struct Programs {
  std::vector<std::string> order;
  std::map<std::string, Wanted> wanted;
};

Status collect(const Context& context, Programs& programs) {
  for (const Enabled& each : context.enabled) {
    const symbols::Binary& binary = context.binaries[each.binary].binary;
    uint16_t machine = binary.file->machine();
    if (!is_native(machine)) {
      return base::fail(ErrorKind::kInvalid,
                        fmt::format("{}: made for another machine than this {}", binary.shown, kMachine));
    }
    auto [at, added] = programs.wanted.try_emplace(each.program);
    if (added) programs.order.push_back(each.program);
    const Probe& probe = context.probe(each);
    auto& labels = at->second.probes;
    if (std::find(labels.begin(), labels.end(), probe.label()) == labels.end()) labels.push_back(probe.label());
    for (const ProbeLocation& location : probe.locations) at->second.places.push_back({&location, machine});
  }
  return {};
}

// What a switch at the start of a reader looks at.
enum class Selector { kNone, kAddress, kCookie };

uint64_t selected(const Place& place, Selector selector) {
  return selector == Selector::kAddress ? place.location->address & kPageBits
                                        : cookie_of(*place.location, place.machine);
}

// Whether places of different forms have different values.
bool tells_apart(const std::vector<Place>& places, Selector selector) {
  std::map<uint64_t, uint64_t> forms;
  for (const Place& place : places) {
    uint64_t form = cookie_of(*place.location, place.machine);
    if (forms.try_emplace(selected(place, selector), form).first->second != form) return false;
  }
  return true;
}

Result<Selector> choose_selector(const std::string& program, const Wanted& wanted, bool has_cookies) {
  uint64_t first = cookie_of(*wanted.places[0].location, wanted.places[0].machine);
  bool alike = std::all_of(wanted.places.begin(), wanted.places.end(),
                           [&](const Place& place) { return cookie_of(*place.location, place.machine) == first; });
  if (alike) return Selector::kNone;
  if (tells_apart(wanted.places, Selector::kAddress)) return Selector::kAddress;
  if (has_cookies) return Selector::kCookie;
  return base::fail(ErrorKind::kUnsupported,
                    fmt::format("the locations of {}, enabled for {}, cannot be told apart on this kernel",
                                wanted.probes[0], program),
                    "it takes Linux 5.15, which gives each attachment a cookie");
}

ReadableArgument describe(const Wanted& wanted, size_t number) {
  ReadableArgument found;
  for (const Place& place : wanted.places) {
    if (number >= place.location->arguments.size()) continue;
    const Argument& argument = place.location->arguments[number];
    if (argument.kind == Argument::Kind::kUnreadable) {
      if (found.why_not.empty()) found.why_not = argument.why;
    } else if (argument.size > found.size) {
      found.size = argument.size;
      found.type = c_type(argument);
    }
  }
  if (found.size) found.why_not.clear();
  return found;
}

// What a compiler makes of several cases must not become one load through a chosen address: the verifier wants the
// context accessed at constant offsets.
std::string settled(const std::string& code) {
  return code.starts_with("return") ? code : code + " asm volatile(\"\" : \"+r\"(value));";
}

std::string body_code(const Wanted& wanted, size_t number, Selector selector) {
  auto code = [&](const Place& place) { return settled(read_code(*place.location, number, place.machine)); };
  if (selector == Selector::kNone) return "  " + code(wanted.places[0]) + "\n";
  std::map<std::string, std::vector<uint64_t>> cases;
  for (const Place& place : wanted.places) {
    auto& values = cases[code(place)];
    uint64_t value = selected(place, selector);
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  if (cases.size() == 1) return "  " + cases.begin()->first + "\n";
  std::string text = fmt::format(
      "  switch ({}) {{\n", selector == Selector::kAddress ? "PT_REGS_IP(ctx) & 0xfff" : "bpf_get_attach_cookie(ctx)");
  for (const auto& [statement, values] : cases) {
    text += "   ";
    for (uint64_t value : values) text += fmt::format(" case {:#x}ULL:", value);
    text += statement.starts_with("return") ? fmt::format(" {}\n", statement) : fmt::format(" {} break;\n", statement);
  }
  return text + "    default: return -1;\n  }\n";
}

std::string function_text(const std::string& program, const Wanted& wanted, size_t number, Selector selector) {
  return fmt::format(
      "// argument {} of {}\n"
      "static inline __attribute__((always_inline, used)) int _bpf_readarg_{}_{}(struct pt_regs *ctx, void *dest, size_t len) {{\n"
      "  int64_t value = 0;\n  size_t size = 0;\n{}  return _bpf_usdt_store(dest, len, value, size);\n}}\n",
      number + 1, wanted.probes[0], program, number + 1, body_code(wanted, number, selector));
}

std::string joined(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& each : labels) text += text.empty() ? each : ", " + each;
  return text;
}

}  // namespace

Result<Readers> make_readers(std::span<const Context* const> contexts, bool has_cookies) {
  Programs programs;
  for (const Context* context : contexts) RETURN_IF_ERROR(collect(*context, programs));
  Readers readers;
  readers.text = kStart;
  for (const std::string& program : programs.order) {
    const Wanted& wanted = programs.wanted[program];
    ASSIGN_OR_RETURN(Selector selector, choose_selector(program, wanted, has_cookies));
    size_t count = 0;
    for (const Place& place : wanted.places) count = std::max(count, place.location->arguments.size());
    ProgramReaders row{program, joined(wanted.probes), {}};
    for (size_t number = 0; number < count; number++) {
      row.arguments.push_back(describe(wanted, number));
      if (row.arguments.back().why_not.empty()) readers.text += function_text(program, wanted, number, selector);
    }
    readers.programs.push_back(std::move(row));
  }
  return readers;
}

}  // namespace sonde::usdt
