// `sonde tplist`: USDT probes, and functions of programs and libraries.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cmd/tplist.h"
#include "probes/pattern.h"
#include "sonde/symbols.h"
#include "symbols/binary.h"
#include "tool/text/value_text.h"
#include "usdt/context.h"
#include "usdt/registers.h"

namespace sonde::cmd::tplist {
namespace {

using nlohmann::ordered_json;

// USDT.

bool is_wanted(const std::string& filter, const usdt::Probe& probe) {
  if (filter.empty() || probes::matches_wildcard(filter, probe.label())) return true;
  return filter.find(':') == filter.npos && probes::matches_wildcard(filter, probe.name);
}

// As struct pt_regs calls it: "di" of "edi".
std::string register_name(const std::string& name, uint16_t machine) {
  auto known = usdt::find_register(name, machine);
  return known && !known->field.empty() ? known->field : name;
}

std::string memory_text(const usdt::Argument& argument, uint16_t machine) {
  std::string text = argument.symbol;
  auto add = [&](const std::string& part) { text += (text.empty() ? "" : " + ") + part; };
  if (!argument.base.empty() && argument.symbol.empty()) add(register_name(argument.base, machine));
  int64_t offset = argument.displacement;
  if (offset > 0) add(fmt::format("{}", offset));
  if (offset < 0) text += fmt::format("{}{}", text.empty() ? "-" : " - ", 0 - static_cast<uint64_t>(offset));
  if (!argument.index.empty()) add(fmt::format("{} * {}", register_name(argument.index, machine), argument.scale));
  return fmt::format("*({})", text);
}

std::string constant_text(const usdt::Argument& argument) {
  if (argument.symbol.empty()) return fmt::format("{}", argument.constant);
  return argument.constant ? fmt::format("{} + {}", argument.symbol, argument.constant) : argument.symbol;
}

// Where the argument's value is: "di", "*(bp - 20)", "42".
std::string place_of(const usdt::Argument& argument, uint16_t machine) {
  using Kind = usdt::Argument::Kind;
  switch (argument.kind) {
    case Kind::kConstant: return constant_text(argument);
    case Kind::kRegister: return register_name(argument.base, machine);
    case Kind::kMemory: return memory_text(argument, machine);
    case Kind::kUnreadable: break;
  }
  return "";
}

std::string argument_text(const usdt::Argument& argument, uint16_t machine) {
  if (argument.kind == usdt::Argument::Kind::kUnreadable)
    return fmt::format("{} cannot be read: {}", argument.text, argument.why);
  const char* sign = argument.is_float ? "floating" : argument.is_signed ? "signed  " : "unsigned";
  return fmt::format("{} {} bytes @ {}", argument.size, sign, place_of(argument, machine));
}

ordered_json argument_json(const usdt::Argument& argument, uint16_t machine) {
  if (argument.kind == usdt::Argument::Kind::kUnreadable)
    return {{"text", argument.text}, {"unreadable", argument.why}};
  return {{"text", argument.text},        {"type", usdt::c_type(argument)}, {"size", argument.size},
          {"signed", argument.is_signed}, {"float", argument.is_float},     {"place", place_of(argument, machine)}};
}

ordered_json probe_json(const usdt::Probe& probe, const symbols::Binary& binary) {
  ordered_json locations = ordered_json::array();
  for (const usdt::ProbeLocation& each : probe.locations) {
    ordered_json arguments = ordered_json::array();
    for (const usdt::Argument& one : each.arguments) arguments.push_back(argument_json(one, binary.file->machine()));
    locations.push_back({{"address", each.address}, {"offset", each.offset}, {"arguments", arguments}});
  }
  return {{"path", binary.path},
          {"provider", probe.provider},
          {"name", probe.name},
          {"semaphore", probe.semaphore_address()},
          {"locations", locations}};
}

std::string long_text(const usdt::Probe& probe, const symbols::Binary& binary, bool each_location) {
  std::string text = fmt::format("{} [sema {:#x}]\n", probe.label(), probe.semaphore_address());
  if (!each_location)
    return text + fmt::format("  {} location(s)\n  {} argument(s)\n", probe.locations.size(), probe.argument_count());
  for (size_t i = 0; i < probe.locations.size(); i++) {
    const usdt::ProbeLocation& each = probe.locations[i];
    text += fmt::format("  location #{} {} {:#x}\n", i + 1, binary.path, each.address);
    for (size_t j = 0; j < each.arguments.size(); j++)
      text += fmt::format("    argument #{} {}\n", j + 1, argument_text(each.arguments[j], binary.file->machine()));
  }
  return text;
}

void put_probe(const Options& options, const usdt::Probe& probe, const symbols::Binary& binary) {
  if (options.as_json) put_json(probe_json(probe, binary));
  else if (options.verbosity > 0) put_safe(long_text(probe, binary, options.verbosity > 1));
  else put_safe(fmt::format("{} {}\n", binary.path, probe.label()));
}

void say(const std::string& text) { std::fprintf(stderr, "tplist: %s\n", tool::safe_text(text).c_str()); }

void say_unread(const usdt::Context& context) {
  for (const std::string& each : context.unread) say(each);
  for (const usdt::BinaryProbes& binary : context.binaries) {
    for (const std::string& each : binary.complaints) say(fmt::format("{}: {}", binary.binary.shown, each));
  }
}

tl::unexpected<Error> no_probe(const Options& options, const usdt::Context& context) {
  bool any = std::ranges::any_of(context.binaries, [](const auto& each) { return !each.probes.empty(); });
  std::string hint = context.unread.empty() ? "" : context.unread.front();
  if (!any) return base::fail(ErrorKind::kNotFound, fmt::format("{} has no USDT probes", context.label), hint);
  bool with_provider = options.filter.find(':') != options.filter.npos;
  auto offer_all = [&](const std::function<void(std::string_view)>& offer) {
    for (const usdt::BinaryProbes& binary : context.binaries) {
      for (const usdt::Probe& probe : binary.probes) offer(with_provider ? probe.label() : probe.name);
    }
  };
  return nothing_matches(fmt::format("USDT probe of {}", context.label), options.filter, offer_all, hint);
}

// Functions.

struct LibraryAndPattern {
  std::string library, pattern;
};

// "c:mem*", "/opt/a:b/lib.so:ns::f*": the first colon behind which a pattern may begin, but not one inside of the path
// of a file that there is.
LibraryAndPattern split(const Options& options) {
  const std::string& text = options.user;
  for (size_t at = text.find(':'); at != text.npos && text.find('/') < at; at = text.find(':', at + 1)) {
    if (::access(text.substr(0, at).c_str(), F_OK) == 0) return {text.substr(0, at), text.substr(at + 1)};
  }
  if (::access(text.c_str(), F_OK) == 0 && text.find('/') != text.npos) return {text, options.filter};
  size_t colon = text.find(':');
  if (colon == text.npos) return {text, options.filter};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

struct Named {
  std::string shown;  // demangled
  symbols::Function function;
};

bool matches(const std::string& pattern, const Named& each) {
  if (pattern.empty() || probes::matches_wildcard(pattern, each.function.name)) return true;
  if (each.shown == each.function.name) return false;
  return probes::matches_wildcard(pattern, each.shown) ||
         probes::matches_wildcard(pattern, each.shown.substr(0, each.shown.find('(')));
}

void put_function(const Options& options, const Named& each, const std::string& path) {
  const symbols::Function& function = each.function;
  if (options.as_json)
    return put_json({{"path", path},
                     {"name", each.shown},
                     {"symbol", function.name},
                     {"address", function.address},
                     {"offset", function.offset},
                     {"size", function.size},
                     {"indirect", function.indirect}});
  put_safe(fmt::format("{} {}\n", path, each.shown));
  if (options.verbosity == 0) return;
  std::string chosen = function.indirect ? ", chosen when a program starts (IFUNC)" : "";
  put_safe(fmt::format("  {} at {:#x}, {} bytes{}\n", function.name, function.address, function.size, chosen));
}

}  // namespace

Result<int> list_usdt_probes(const Options& options) {
  ASSIGN_OR_RETURN(usdt::Context context, options.library.empty() ? usdt::open_process(options.pid)
                                                                  : usdt::open_path(options.library, options.pid));
  if (options.verbosity > 0) say_unread(context);
  bool any = false;
  for (usdt::BinaryProbes& binary : context.binaries) {
    std::ranges::stable_sort(binary.probes, {}, &usdt::Probe::label);
    for (const usdt::Probe& probe : binary.probes) {
      if (!is_wanted(options.filter, probe)) continue;
      any = true;
      put_probe(options, probe, binary.binary);
    }
  }
  return any ? Result<int>(0) : no_probe(options, context);
}

Result<int> list_user_functions(const Options& options) {
  auto [library, pattern] = split(options);
  ASSIGN_OR_RETURN(symbols::Binary binary, symbols::find_binary(library, options.pid));
  ASSIGN_OR_RETURN(std::vector<symbols::Function> functions, symbols::functions_of(binary));
  std::vector<Named> all;
  for (symbols::Function& each : functions) all.push_back({demangle(each.name), std::move(each)});
  std::ranges::stable_sort(all, {}, &Named::shown);
  bool any = false;
  for (const Named& each : all) {
    if (!matches(pattern, each)) continue;
    any = true;
    put_function(options, each, binary.path);
  }
  if (any) return 0;
  auto offer_all = [&](const std::function<void(std::string_view)>& offer) {
    for (const Named& each : all) offer(each.shown.substr(0, each.shown.find('(')));
  };
  std::string hint = all.empty() ? "it is stripped, and has no debug file" : "";
  return nothing_matches(fmt::format("function of {}", binary.shown), pattern.empty() ? "*" : pattern, offer_all, hint);
}

}  // namespace sonde::cmd::tplist
