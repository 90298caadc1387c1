#include "compile/diagnostics/hints.h"

#include <array>

#include <clang/AST/Decl.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compile/headers/embedded_files.h"

namespace sonde::compile {
namespace {

// What stands in the n-th pair of single quotes.
std::string_view quoted(std::string_view message, int n = 0) {
  size_t from = message.find('\'');
  for (; n > 0 && from != message.npos; --n) {
    from = message.find('\'', from + 1);
    if (from != message.npos) from = message.find('\'', from + 1);
  }
  if (from == message.npos) return {};
  size_t to = message.find('\'', from + 1);
  return to == message.npos ? std::string_view() : message.substr(from + 1, to - from - 1);
}

// For what only a header has. Where headers are installed, a program that includes this one gets the name out of it.
std::string of_kernel_header(std::string_view name, const Target& target) {
  auto header = header_with(name);
  if (header.empty()) return {};
  return fmt::format(
      "'{}' is in the kernel header {}, which is not built in: copy its definition into the program, or install "
      "the headers of kernel {} and add #include <{}>",
      name, header, target.release(), header);
}

// A struct can also come with a module that is not loaded.
std::string type_of_kernel_header(std::string_view type, const Target& target) {
  auto header = header_with(type);
  if (header.empty()) return {};
  return fmt::format(
      "'{}' is in the kernel header {}, and not among the types of kernel {} and its loaded modules: load the "
      "module that has it, or copy its definition into the program",
      type, header, target.release());
}

std::string incomplete_type(std::string_view message, const Subject&, const Target& target) {
  std::string_view type = quoted(message);
  for (std::string_view keyword : {"const ", "struct ", "union "}) {
    if (type.starts_with(keyword)) type.remove_prefix(keyword.size());
  }
  if (type.starts_with("tracepoint__")) {
    std::string_view rest = type.substr(12);
    size_t split = rest.find("__");
    if (split == rest.npos) return "a tracepoint is written TRACEPOINT_PROBE(category, event)";
    return fmt::format(
        "this kernel has no tracepoint {}:{}, or tracefs is not readable; `ls /sys/kernel/tracing/events/{}` "
        "lists what there is",
        rest.substr(0, split), rest.substr(split + 2), rest.substr(0, split));
  }
  if (auto hint = type_of_kernel_header(type, target); !hint.empty()) return hint;
  return fmt::format(
      "neither the kernel ({}) nor its loaded modules have a struct '{}': another kernel may, or a module "
      "must be loaded first",
      target.release(), type);
}

std::vector<std::string> names_of(const clang::RecordDecl& record, bool methods) {
  std::vector<std::string> names;
  for (const auto* field : record.fields()) {
    bool is_wanted = !methods || (field->getType()->isFunctionPointerType() && !field->getName().starts_with("sonde_"));
    if (is_wanted && !field->getName().starts_with("common_")) names.push_back(field->getNameAsString());
  }
  return names;
}

std::string missing_member(std::string_view message, const Subject& subject, const Target& target) {
  const auto* record = subject.record;
  if (!record) return {};
  llvm::StringRef name = record->getName();
  if (name.ends_with("_table_t")) return fmt::format("such a map has {}", fmt::join(names_of(*record, true), ", "));
  if (name.starts_with("tracepoint__")) {
    return fmt::format(
        "this event has {}; a field of varying length is read with TP_DATA_LOC_READ_STR(to, FIELD, size)",
        fmt::join(names_of(*record, false), ", "));
  }
  if (record->getLocation().isValid()) return {};  // the program's own
  return fmt::format(
      "fields come and go with kernels; this one is {}. BPF.kernel_struct_has_field(\"{}\", \"{}\") asks "
      "before compiling",
      target.release(), std::string_view(name), quoted(message));
}

std::string undeclared_function(std::string_view message, const Subject&, const Target& target) {
  std::string_view name = quoted(message);
  if (auto header = header_with(name); !header.empty()) {
    return fmt::format(
        "'{}' is in the kernel header {}, which is not built in: if it is a macro or an inline function, copy it "
        "into the program, or install the headers of kernel {} and add #include <{}>; BPF programs cannot call "
        "the kernel's other functions",
        name, header, target.release(), header);
  }
  return fmt::format(
      "BPF programs have no C library and cannot call kernel functions; if '{}' is an inline function of a "
      "kernel header, copy it into the program",
      name);
}

std::string undeclared_identifier(std::string_view message, const Subject&, const Target& target) {
  std::string_view name = quoted(message);
  if (auto hint = of_kernel_header(name, target); !hint.empty()) return hint;
  return fmt::format(
      "'{0}' is no type, enumerator or known constant of kernel {1}; a macro of a kernel header can be given "
      "with cflags=[\"-D{0}=…\"]",
      name, target.release());
}

std::string built_in(std::string_view message, const Subject&, const Target&) {
  std::string_view name = quoted(message);
  if (name.starts_with("mem")) {
    return "the size is not known when compiling, or too large to be done in place: use a constant size";
  }
  return fmt::format("LLVM keeps '{}' in a library, and BPF programs have none: write what it does in simpler C", name);
}

struct Rule {
  std::string_view fragment;
  std::string (*hint)(std::string_view message, const Subject& subject, const Target& target);
};

std::string missing_type(std::string_view, const Subject& subject, const Target&) {
  if (!subject.token.starts_with("BPF_")) return {};
  return fmt::format(
      "'{}' is no macro of the dialect; any kind of map is written BPF_TABLE(\"lru_hash\", key type, leaf "
      "type, name, entries)",
      subject.token);
}

std::string not_a_pointer(std::string_view message, const Subject&, const Target&) {
  if (message.find("struct") != message.npos || message.find("union") != message.npos) return {};
  return "a number has no members: cast it to a pointer first, ((struct task_struct *)number)->pid";
}

constexpr auto kRules = std::to_array<Rule>({
    {"incomplete definition of type", incomplete_type},
    {"has incomplete type", incomplete_type},
    {"no member named", missing_member},
    {"call to undeclared function", undeclared_function},
    {"call to undeclared library function", undeclared_function},
    {"use of undeclared identifier", undeclared_identifier},
    {"unknown type name",
     [](std::string_view message, const Subject&, const Target& target) {
       if (auto hint = type_of_kernel_header(quoted(message), target); !hint.empty()) return hint;
       return fmt::format("the kernel ({}) and its loaded modules have no type of this name", target.release());
     }},
    {"file not found",
     [](std::string_view, const Subject&, const Target&) {
       return std::string(
           "kernel headers (linux/…, net/…, uapi/…) are provided; other files are looked for in the "
           "current directory and where -I says");
     }},
    {"type specifier missing", missing_type},
    {"is not a pointer", not_a_pointer},
    {"holds addresses",
     [](std::string_view, const Subject&, const Target&) {
       return std::string("write the texts into the table itself, char names[][16] = {…}, or choose with switch");
     }},
    {"fields must have a constant size",
     [](std::string_view, const Subject&, const Target&) {
       return std::string("the size of a map is a constant: a number, an enumerator, or a macro given with -D");
     }},
    {"signed division", [](std::string_view, const Subject&,
                           const Target&) { return std::string("cast what may not be negative: (u64)a / (u64)b"); }},
    {"stack limit",
     [](std::string_view, const Subject&, const Target&) {
       return std::string(
           "a BPF program has 512 bytes of stack: move large structs into a BPF_PERCPU_ARRAY of one entry");
     }},
    {"built-in function", built_in},
    {"expression is not assignable",
     [](std::string_view, const Subject&, const Target&) {
       return std::string("kernel memory can be read, not written");
     }},
});

// Of check_instructions(), and of LLVM's code generator.
struct FixedRule {
  std::string_view fragment;
  std::string_view hint;
};

constexpr auto kLimits = std::to_array<FixedRule>({
    {"atomic operations of BPF have", "use a variable of 4 or 8 bytes for it: u32, u64"},
    {"unsupported atomic operation", "use a variable of 4 or 8 bytes for it: u32, u64"},
    {"BPF has no atomic '", "try __sync_val_compare_and_swap() in a loop with a constant bound"},
    {"atomic reads and writes of BPF", "read or write the halves by themselves, or guard them with a bpf_spin_lock"},
    {"no floating point", "count in integers: multiply before you divide, or divide where the results are shown"},
    {"divide numbers of 128 bits", "divide 64-bit numbers, or shift: (u64)(wide >> 32)"},
    {"calls through a pointer",
     "call the functions by their names, in a switch; programs of a BPF_PROG_ARRAY can be called by number"},
    {"computed label", "write a switch"},
    {"a call in BPF has at most", "make the function static inline, or pass a struct by its address"},
    {"returns at most 8 bytes", "make it static inline, or let it fill its result by an address"},
    {"not inlined", "pass its address, or make the function static inline"},
    {"aggregate returns",
     "only an inlined function returns a struct: make it static inline, or let it fill one by its address"},
    {"only small returns",
     "only an inlined function returns more than 8 bytes: make it static inline, or let it fill one by its address"},
    {"variadic functions", "declare the parameters, or write a macro"},
    {"dynamic stack allocation", "give the array a constant size"},
    {"address of its frame or caller",
     "PT_REGS_IP(ctx), PT_REGS_RET(ctx) and PT_REGS_FP(ctx) are those of the traced function"},
    {"inline assembly: ",
     "BPF's assembler writes r1 = r2, w0 += 1, r1 = *(u64 *)(r2 + 8), call 14, goto +2; operands go into \"r\" or \"i\""},
    {"cannot trap", "return from the program instead"},
});

}  // namespace

std::string hint_for(std::string_view message, const Subject& subject, const Target& target) {
  if (message.find("; did you mean '") != message.npos) return {};  // clang's own hint is better
  for (const auto& rule : kRules) {
    if (message.find(rule.fragment) != message.npos) return rule.hint(message, subject, target);
  }
  for (const auto& limit : kLimits) {
    if (message.find(limit.fragment) != message.npos) return std::string(limit.hint);
  }
  return {};
}

std::string_view missing_name(std::string_view message, const Subject& subject) {
  for (std::string_view start : {"call to undeclared function", "call to undeclared library function",
                                 "use of undeclared identifier", "unknown type name"}) {
    if (message.starts_with(start)) return quoted(message);
  }
  bool is_kernels = subject.record && subject.record->getLocation().isInvalid();
  return is_kernels && message.starts_with("no member named") ? quoted(message) : std::string_view();
}

}  // namespace sonde::compile
