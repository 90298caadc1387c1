// Functions and tracepoints of the kernel.
#include <fmt/format.h>

#include "kernel/features.h"
#include "kernel/function_types.h"
#include "kernel/functions.h"
#include "kernel/kallsyms.h"
#include "kernel/probe_functions.h"
#include "kernel/syscalls.h"
#include "kernel/tracefs.h"
#include "probes/related_name.h"
#include "probes/targets.h"

namespace sonde::probes {
namespace {

using kernel::Kallsyms;

// fentry and fexit go by BTF; where the kernel has no kprobes, they are all there is.
bool needs_btf(const Specification& wanted) {
  return wanted.way == Way::kFentry || (wanted.way == Way::kAny && kernel::lacks_feature("kprobe"));
}

// Moves those that BTF does not describe to `left_out`.
void leave_out_unknown_to_btf(Targets& found) {
  auto types = kernel::FunctionTypes::running();
  if (!types) return;  // attaching says why there is no BTF
  std::vector<std::string> names;
  for (const Target& each : found.targets) names.push_back(each.name);
  kernel::FunctionTypes::expect(names);
  LeftOut unknown{"not described by BTF, which fentry needs", 0, ""};
  std::erase_if(found.targets, [&](const Target& each) {
    bool is_known = !each.module.empty() || !(*types)->known_as(each.name).empty();
    if (!is_known && unknown.count++ == 0) unknown.example = each.name;
    return !is_known;
  });
  if (unknown.count > 0) found.left_out.push_back(std::move(unknown));
}

// The function of a system call here, by the name of another kernel: "sys_read", and "SyS_read" before 4.17.
std::string system_call(std::string_view name) {
  bool is_old = name.starts_with("SyS_");
  return kernel::fix_syscall_function(is_old ? fmt::format("sys_{}", name.substr(4)) : std::string(name));
}

std::string hint_for(const Kallsyms& symbols, std::string_view name) {
  Kallsyms::Symbol symbol;
  std::string call = fmt::format("{}{}", kernel::expected_syscall_prefix(), name);
  if (symbols.find(call, symbol)) return fmt::format("the system call's function is {}", call);
  RelatedName related(name);
  for (size_t i = 0; i < symbols.size(); i++) {
    Kallsyms::Symbol each = symbols[i];
    if (kernel::is_function_type(each.type) && each.module != "bpf") related.offer(each.name);
  }
  return related.hint();
}

// No function has the name. It may be another kernel's spelling of a system call, or one that the compiler renamed.
Parsed<Target> renamed(const Specification& wanted, const Kallsyms& symbols) {
  const std::string& name = wanted.function.text;
  Kallsyms::Symbol symbol;
  std::string fixed = system_call(name);
  if (fixed != name && symbols.find(fixed, symbol))
    return Target{fixed, std::string(symbol.module), "", symbol.address, wanted.offset.value_or(0)};
  kernel::FunctionFinding finding = kernel::examine_function(name);
  Mistake none{wanted.function.place, fmt::format("this kernel has no function {}", name), hint_for(symbols, name),
               ErrorKind::kNotFound};
  if (finding.state == kernel::FunctionFinding::State::kRenamed) {
    none.message += fmt::format(": its compiler made {} of it", finding.suggestion);
    none.hint = fmt::format("{} exists, whose arguments may differ", finding.suggestion);
  }
  return tl::unexpected(std::move(none));
}

bool in_module(const Specification& wanted, std::string_view module) {
  return wanted.module.empty() || wanted.module.text == module;
}

Parsed<Target> one_function(const Specification& wanted, const Kallsyms& symbols) {
  Kallsyms::Symbol symbol;
  if (wanted.address) {
    if (symbols.resolve(*wanted.address, symbol))
      return Target{std::string(symbol.name), std::string(symbol.module), "", *wanted.address, symbol.offset};
    return tl::unexpected(
        Mistake{wanted.function.place, "no function of the kernel is there", "", ErrorKind::kNotFound});
  }
  if (!symbols.find(wanted.function.text, symbol)) return renamed(wanted, symbols);
  if (!kernel::is_function_type(symbol.type))
    return mistake(wanted.function.place, fmt::format("{} is data, not a function", wanted.function.text));
  if (in_module(wanted, symbol.module))
    return Target{std::string(symbol.name), std::string(symbol.module), "", symbol.address, wanted.offset.value_or(0)};
  std::string owner = symbol.module.empty() ? "the kernel itself" : fmt::format("module {}", symbol.module);
  return mistake(wanted.module.place, fmt::format("{} is of {}", wanted.function.text, owner));
}

// Of a tracepoint there is a directory with an id: what has none cannot be attached to.
void add_events(const kernel::Tracefs& tracefs, const std::string& category, const Pattern& names, Targets& found) {
  auto events = tracefs.list("events/" + category);
  if (!events) return;
  LeftOut without_id{"for ftrace only", 0, ""};
  for (const std::string& event : *events) {
    std::string name = fmt::format("{}:{}", category, event);
    if (!names.matches(name) || !tracefs.exists(fmt::format("events/{}/{}/format", category, event))) continue;
    if (tracefs.exists(fmt::format("events/{}/{}/id", category, event))) found.targets.push_back({name});
    else if (without_id.count++ == 0) without_id.example = name;
  }
  if (without_id.count > 0) found.left_out.push_back(std::move(without_id));
}

std::string hint_for_event(const kernel::Tracefs& tracefs, const std::string& wanted) {
  std::string nearest = tracefs.nearest_event(wanted);  // also the same event of another category
  return nearest.empty() ? "sonde tplist lists them" : nearest + " exists";
}

}  // namespace

Parsed<Targets> find_kernel_functions(const Specification& wanted) {
  Targets found;
  bool is_exact = wanted.names.kind() == Pattern::Kind::kExact;
  if (is_exact) {
    auto symbols = Kallsyms::running();
    if (!symbols) return tl::unexpected(mistake_at(wanted.function.place, symbols.error()));
    ASSIGN_OR_RETURN(Target target, one_function(wanted, **symbols));
    found.targets.push_back(std::move(target));
  } else {
    auto listed = kernel::probe_functions([&](std::string_view name, std::string_view module) {
      return wanted.names.matches(name) && in_module(wanted, module);
    });
    if (!listed) return tl::unexpected(mistake_at(wanted.function.place, listed.error()));
    for (kernel::ProbeFunction& each : listed->functions)
      found.targets.push_back({std::move(each.name), std::move(each.module), "", each.address});
    for (size_t i = 0; i < kernel::kNoProbeReasons; i++) {
      auto& [count, example] = listed->left_out[i];
      if (count > 0)
        found.left_out.push_back({std::string(phrase_of(static_cast<kernel::NoProbe>(i))), count, example});
    }
  }
  if (needs_btf(wanted) && !wanted.address) leave_out_unknown_to_btf(found);
  return finished(wanted, std::move(found), "function of the kernel", "");
}

Parsed<Targets> find_tracepoints(const Specification& wanted) {
  auto tracefs = kernel::Tracefs::open();
  if (!tracefs) return tl::unexpected(mistake_at(wanted.function.place, tracefs.error()));
  Targets found;
  bool is_exact = wanted.names.kind() == Pattern::Kind::kExact;
  std::vector<std::string> categories = {wanted.category.text};
  if (!is_exact) {
    auto all = (*tracefs)->list("events");
    if (!all) return tl::unexpected(mistake_at(wanted.function.place, all.error()));
    categories = std::move(*all);
  }
  for (const std::string& each : categories) add_events(**tracefs, each, wanted.names, found);
  std::string hint = found.targets.empty() && is_exact ? hint_for_event(**tracefs, wanted.names.text()) : "";
  return finished(wanted, std::move(found), "tracepoint", std::move(hint));
}

}  // namespace sonde::probes
