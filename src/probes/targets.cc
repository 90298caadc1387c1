#include "probes/targets.h"

#include <algorithm>

#include <fmt/format.h>

namespace sonde::probes {

Parsed<Targets> find_targets(const Specification& wanted, int pid) {
  if (wanted.kind == Kind::kTracepoint) return find_tracepoints(wanted);
  if (wanted.kind == Kind::kUsdt) return find_usdt_probes(wanted, pid);
  return wanted.in_kernel() ? find_kernel_functions(wanted) : find_user_functions(wanted, pid);
}

std::string summary_of(const std::vector<LeftOut>& left_out) {
  std::string all;
  for (const LeftOut& each : left_out) {
    all += fmt::format("{}{} {} (for example {})", all.empty() ? "" : ", ", each.count, each.reason, each.example);
  }
  return all;
}

Mistake mistake_at(Place place, Error error) {
  return {place, std::move(error.what), std::move(error.hint), error.kind};
}

Parsed<Targets> finished(const Specification& wanted, Targets found, std::string_view what, std::string hint) {
  auto by_name = [](const Target& a, const Target& b) { return a.name < b.name; };
  std::stable_sort(found.targets.begin(), found.targets.end(), by_name);
  if (!found.targets.empty()) return found;
  bool is_exact = wanted.names.kind() == Pattern::Kind::kExact;
  std::string message = is_exact ? fmt::format("there is no {} {}", what, wanted.names.text())
                                 : fmt::format("no {} matches {}", what, wanted.names.text());
  if (!found.left_out.empty())
    message = fmt::format("what {} matches cannot be probed: {}", wanted.names.text(), summary_of(found.left_out));
  return tl::unexpected(Mistake{wanted.function.place, message, std::move(hint), ErrorKind::kNotFound});
}

}  // namespace sonde::probes
