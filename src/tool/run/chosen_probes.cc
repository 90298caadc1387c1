#include "tool/run/chosen_probes.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "probes/parse.h"
#include "probes/report.h"

namespace sonde::tool {
namespace {

using probes::Target;

Result<probes::Tool> grammar_of(const std::string& name) {
  for (probes::Tool tool :
       {probes::Tool::kTrace, probes::Tool::kArgdist, probes::Tool::kFunccount, probes::Tool::kStackcount,
        probes::Tool::kFunclatency, probes::Tool::kFuncslower, probes::Tool::kTplist}) {
    if (probes::name_of(tool) == name) return tool;
  }
  return base::fail(ErrorKind::kInvalid, fmt::format("PROBES names the grammar of {}, which there is not", name));
}

Hook kernel_functions(const std::vector<Target>& targets) {
  KernelFunction functions;
  bool has_addresses =
      std::all_of(targets.begin(), targets.end(), [](const Target& each) { return each.address != 0; });
  for (const Target& target : targets) {
    functions.names.push_back(target.name);
    if (has_addresses) functions.addresses.push_back(target.address + target.offset);
    functions.cookies.push_back(functions.names.size());
  }
  return {HookKind::kKprobe, "", std::move(functions)};
}

// A hook for each file. A USDT probe may be at several places, which share its cookie.
std::vector<Hook> user_places(const std::vector<Target>& targets, HookKind kind, int pid) {
  std::map<std::string, UserProbe> files;
  for (size_t i = 0; i < targets.size(); ++i) {
    UserProbe& file = files[targets[i].path];
    file.path = targets[i].path;
    file.pid = pid;
    std::vector<Target::Place> places = targets[i].places;
    if (places.empty()) places = {{targets[i].offset, 0}};
    for (const Target::Place& place : places) file.places.push_back({place.offset, place.semaphore_offset, i + 1});
  }
  std::vector<Hook> hooks;
  for (auto& [path, probe] : files) {
    std::string target = kind == HookKind::kUsdt ? path : "";
    hooks.push_back({kind, std::move(target), std::move(probe)});
  }
  return hooks;
}

std::vector<Hook> tracepoints(const std::vector<Target>& targets) {
  std::vector<Hook> hooks;
  for (const Target& target : targets)
    hooks.push_back({HookKind::kTracepoint, target.name, TracepointEvent{.cookie = hooks.size() + 1}});
  return hooks;
}

}  // namespace

Result<std::optional<ChosenProbes>> find_chosen_probes(const Tool& tool, const Settings& settings) {
  if (!tool.probes_argument) return std::nullopt;
  if (settings.probes.empty())
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is missing", tool.probes_argument->word),
                      fmt::format("sonde {} -h says how it is used", tool.name));
  ASSIGN_OR_RETURN(probes::Tool grammar, grammar_of(tool.probes_argument->grammar));
  const Filter& filter = settings.filter;
  int pid = filter.pid && !filter.follows_children ? static_cast<int>(filter.pid) : -1;
  probes::ParseOptions options{
      .tool = grammar, .regex = settings.on(tool.probes_argument->regex_option), .has_pid = pid > 0};
  probes::Parsed<probes::Specification> wanted = probes::parse(settings.probes, options);
  if (!wanted) return tl::unexpected(probes::as_error(settings.probes, wanted.error()));
  probes::Parsed<probes::Targets> found = probes::find_targets(*wanted, pid);
  if (!found) return tl::unexpected(probes::as_error(settings.probes, found.error()));
  return ChosenProbes{wanted->kind, pid, std::move(*found)};
}

std::vector<std::string> names_of(const ChosenProbes& probes) {
  std::vector<std::string> names;
  for (const Target& target : probes.found.targets) names.push_back(target.name);
  return names;
}

std::vector<Hook> hooks_of(const ChosenProbes& probes) {
  const std::vector<Target>& targets = probes.found.targets;
  if (probes.kind == probes::Kind::kTracepoint) return tracepoints(targets);
  if (probes.kind == probes::Kind::kUsdt) return user_places(targets, HookKind::kUsdt, probes.pid);
  if (targets.front().path.empty()) return {kernel_functions(targets)};
  return user_places(targets, HookKind::kUprobe, probes.pid);
}

}  // namespace sonde::tool
