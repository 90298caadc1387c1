// What to do about an error of the compiler, for those that users of BCC programs meet.
#include "compile/hints.h"

#include <array>

#include <fmt/format.h>

#include "compile/embedded_files.h"

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

std::string incomplete_type(std::string_view message, const Target& target) {
  std::string_view type = quoted(message);
  for (std::string_view keyword : {"const ", "struct ", "union "}) {
    if (type.starts_with(keyword)) type.remove_prefix(keyword.size());
  }
  if (type.starts_with("tracepoint__")) {
    std::string_view rest = type.substr(12);
    size_t split = rest.find("__");
    if (split == rest.npos) return "a tracepoint is written TRACEPOINT_PROBE(category, event)";
    return fmt::format("this kernel has no tracepoint {}:{}, or tracefs is not readable; `ls /sys/kernel/tracing/events/{}` "
                       "lists what there is",
                       rest.substr(0, split), rest.substr(split + 2), rest.substr(0, split));
  }
  return fmt::format("neither the kernel ({}) nor its loaded modules have a struct '{}': another kernel may, or a module "
                     "must be loaded first",
                     target.release(), type);
}

std::string missing_member(std::string_view message, const Target& target) {
  return fmt::format("fields come and go with kernels; this one is {}. BPF.kernel_struct_has_field(\"{}\", \"{}\") asks "
                     "before compiling",
                     target.release(), quoted(message, 1).substr(quoted(message, 1).find(' ') + 1), quoted(message));
}

std::string undeclared_function(std::string_view message, const Target&) {
  std::string_view name = quoted(message);
  if (auto header = header_defining(name); !header.empty()) return fmt::format("add #include <{}>", header);
  return fmt::format("BPF programs have no C library and cannot call kernel functions; if '{}' is an inline function of a "
                     "kernel header, copy it into the program", name);
}

std::string undeclared_identifier(std::string_view message, const Target& target) {
  std::string_view name = quoted(message);
  if (auto header = header_defining(name); !header.empty()) return fmt::format("add #include <{}>", header);
  return fmt::format("'{0}' is no type, enumerator or known constant of kernel {1}; a macro of a kernel header can be given "
                     "with cflags=[\"-D{0}=…\"]", name, target.release());
}

struct Rule {
  std::string_view fragment;
  std::string (*hint)(std::string_view message, const Target& target);
};

constexpr auto kRules = std::to_array<Rule>({
    {"incomplete definition of type", incomplete_type},
    {"has incomplete type", incomplete_type},
    {"no member named", missing_member},
    {"call to undeclared function", undeclared_function},
    {"use of undeclared identifier", undeclared_identifier},
    {"unknown type name", [](std::string_view, const Target& target) {
       return fmt::format("the kernel ({}) and its loaded modules have no type of this name", target.release());
     }},
    {"file not found", [](std::string_view, const Target&) {
       return std::string("kernel headers (linux/…, net/…, uapi/…) are provided; other files are looked for in the "
                          "current directory and where -I says");
     }},
    {"stack limit", [](std::string_view, const Target&) {
       return std::string("a BPF program has 512 bytes of stack: move large structs into a BPF_PERCPU_ARRAY of one entry");
     }},
    {"built-in function", [](std::string_view, const Target&) {
       return std::string("the size is not known when compiling, or too large to be done in place: use a constant size");
     }},
    {"expression is not assignable", [](std::string_view, const Target&) {
       return std::string("kernel memory can be read, not written");
     }},
});

}  // namespace

std::string hint_for(std::string_view message, const Target& target) {
  for (const auto& rule : kRules) {
    if (message.find(rule.fragment) != message.npos) return rule.hint(message, target);
  }
  return {};
}

std::string_view missing_name(std::string_view message) {
  for (std::string_view start : {"call to undeclared function", "use of undeclared identifier"}) {
    if (message.starts_with(start)) return quoted(message);
  }
  return {};
}

}  // namespace sonde::compile
