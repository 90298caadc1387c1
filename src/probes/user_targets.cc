// Functions and USDT probes of programs and libraries.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "probes/related_name.h"
#include "probes/targets.h"
#include "sonde/symbols.h"
#include "symbols/binary.h"
#include "usdt/context.h"

namespace sonde::probes {
namespace {

// "r:readline" is the library r to BCC, and rarely meant.
Mistake no_library(const Specification& wanted, Error error) {
  Mistake mistake = mistake_at(wanted.library.place, std::move(error));
  const std::string& library = wanted.library.text;
  if (library == "p" || library == "r")
    mistake.hint =
        fmt::format("{0}::{1} is of the kernel, {0}:LIBRARY:{1} of a library", library, wanted.function.text);
  if (library == "t") mistake.hint = fmt::format("a tracepoint is t:CATEGORY:{}", wanted.function.text);
  if (library == "u") mistake.hint = fmt::format("a USDT probe is u:LIBRARY:{}", wanted.function.text);
  return mistake;
}

Target target_of(const symbols::Binary& binary, const symbols::Function& function) {
  return {function.name, "", binary.path, function.address, function.offset};
}

// A pattern of C++ ("ns::Class::*") is of the names as they are read.
bool matches(const Pattern& names, const std::string& name) {
  if (names.matches(name)) return true;
  if (names.text().find("::") == std::string::npos) return false;
  std::string readable = demangle(name);
  return names.matches(readable) || names.matches(readable.substr(0, readable.find('(')));
}

Targets matching(const symbols::Binary& binary, const std::vector<symbols::Function>& functions, const Pattern& names) {
  Targets found;
  LeftOut unknown{"chosen when a program starts (IFUNC), nobody knows which", 0, ""};
  LeftOut again{"other names of the same code", 0, ""};
  std::map<uint64_t, std::string> places;
  for (const symbols::Function& each : functions) {
    if (!matches(names, each.name)) continue;
    bool is_unknown = each.offset == 0 && each.indirect;
    bool is_new = !is_unknown && places.emplace(each.offset, each.name).second;
    LeftOut& reason = is_unknown ? unknown : again;
    if (is_new) found.targets.push_back(target_of(binary, each));
    else if (reason.count++ == 0) reason.example = each.name;
  }
  for (LeftOut* each : {&unknown, &again}) {
    if (each->count > 0) found.left_out.push_back(std::move(*each));
  }
  return found;
}

Checked add_offset(const Specification& wanted, const symbols::Function& function, Target& target) {
  uint64_t offset = wanted.offset.value_or(0);
  if (function.size > 0 && offset >= function.size)
    return mistake(wanted.offset_text.place, fmt::format("{} is only {} bytes long", function.name, function.size));
  target.address += offset;
  target.offset += offset;
  return {};
}

Parsed<Targets> called(const Specification& wanted, const symbols::Binary& binary) {
  auto functions = symbols::functions_called(binary, wanted.function.text);
  if (!functions) return tl::unexpected(mistake_at(wanted.function.place, functions.error()));
  Targets found;
  for (const symbols::Function& each : *functions) {
    found.targets.push_back(target_of(binary, each));
    RETURN_IF_ERROR(add_offset(wanted, each, found.targets.back()));
  }
  return found;
}

Parsed<Targets> at_address(const Specification& wanted, const symbols::Binary& binary) {
  auto offset = binary.file->offset_of(*wanted.address);
  auto function = symbols::function_at(binary, *wanted.address);
  if (!offset)
    return tl::unexpected(
        Mistake{wanted.function.place, fmt::format("{} has nothing there", binary.shown), "", ErrorKind::kNotFound});
  Targets found;
  std::string name = function ? function->name : wanted.function.text;  // a stripped file has no names
  found.targets.push_back({std::move(name), "", binary.path, *wanted.address, *offset});
  return found;
}

std::string nearest_probe(const usdt::Context& context, const Specification& wanted) {
  RelatedName related(wanted.function.text);
  bool any = false;
  for (const usdt::BinaryProbes& binary : context.binaries) {
    for (const usdt::Probe& probe : binary.probes) related.offer(probe.name), any = true;
  }
  return any ? related.hint() : fmt::format("{} has no USDT probes at all", context.label);
}

bool is_wanted(const Specification& wanted, const usdt::Probe& probe) {
  bool by_label = wanted.tool == Tool::kTplist;
  if (!wanted.provider.empty() && wanted.provider.text != probe.provider) return false;
  return wanted.names.matches(by_label ? probe.label() : probe.name);
}

}  // namespace

Parsed<Targets> find_user_functions(const Specification& wanted, int pid) {
  auto binary = symbols::find_binary(wanted.library.text, pid);
  if (!binary) return tl::unexpected(no_library(wanted, binary.error()));
  if (wanted.address) return at_address(wanted, *binary);
  if (wanted.names.kind() == Pattern::Kind::kExact) return called(wanted, *binary);
  auto functions = symbols::functions_of(*binary);
  if (!functions) return tl::unexpected(mistake_at(wanted.library.place, functions.error()));
  return finished(wanted, matching(*binary, *functions, wanted.names), fmt::format("function of {}", binary->shown),
                  "");
}

Parsed<Targets> find_usdt_probes(const Specification& wanted, int pid) {
  auto context = wanted.library.empty() ? usdt::open_process(pid) : usdt::open_path(wanted.library.text, pid);
  if (!context) return tl::unexpected(no_library(wanted, context.error()));
  Targets found;
  for (const usdt::BinaryProbes& binary : context->binaries) {
    for (const usdt::Probe& probe : binary.probes) {
      if (!is_wanted(wanted, probe)) continue;
      const usdt::ProbeLocation& first = probe.locations.front();
      found.targets.push_back(
          {probe.label(), "", binary.binary.path, first.address, first.offset, probe.locations.size()});
      for (const usdt::ProbeLocation& each : probe.locations)
        found.targets.back().places.push_back({each.offset, each.semaphore_offset});
    }
  }
  std::string hint = found.targets.empty() ? nearest_probe(*context, wanted) : "";
  return finished(wanted, std::move(found), fmt::format("USDT probe of {}", context->label), std::move(hint));
}

}  // namespace sonde::probes
