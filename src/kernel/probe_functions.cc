#include "kernel/probe_functions.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "kernel/functions.h"
#include "kernel/kallsyms.h"
#include "kernel/tracefs.h"

namespace sonde::kernel {
namespace {

// Calls `use` with the word number `index` (separated by blanks) of each line.
template <typename Use>
void each_word(std::string_view text, int index, Use use) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    for (int i = 0; i < index; i++) {
      size_t blank = line.find_first_of(" \t");
      line = blank == line.npos ? std::string_view() : line.substr(blank + 1);
    }
    line = line.substr(0, line.find_first_of(" \t"));
    if (!line.empty()) use(line);
  }
}

using Names = std::unordered_set<std::string_view>;

// Both files are hints: where they cannot be read, the kernel itself refuses what cannot be probed. They are long, so
// of their names only those of `candidates` are kept.
class Filter {
 public:
  explicit Filter(const Names& candidates) {
    blacklist_text_ = base::read_file("/sys/kernel/debug/kprobes/blacklist").value_or("");
    each_word(blacklist_text_, 1, [&](std::string_view name) { keep(candidates, blacklist_, name); });
    auto tracefs = Tracefs::open();
    if (!tracefs) return;
    offered_text_ = (*tracefs)->read("available_filter_functions").value_or("");
    each_word(offered_text_, 0, [&](std::string_view name) { keep(candidates, offered_, name); });
  }

  std::optional<NoProbe> refuses(std::string_view name) const {
    if (blacklist_.count(name)) return NoProbe::kBlacklisted;
    if (!offered_text_.empty() && !offered_.count(name)) return NoProbe::kNotOffered;
    return std::nullopt;
  }

 private:
  static void keep(const Names& candidates, Names& kept, std::string_view name) {
    if (candidates.count(name)) kept.insert(name);
  }

  std::string blacklist_text_, offered_text_;
  Names blacklist_, offered_;
};

// ".cold" and ".cold.12": the unlikely part of a function, split off by the compiler.
bool is_cold_part(std::string_view name) {
  size_t dot = name.rfind(".cold");
  if (dot == name.npos) return false;
  std::string_view rest = name.substr(dot + 5);
  return rest.empty() || (rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == rest.npos);
}

bool is_of_probing(std::string_view name) {
  for (std::string_view prefix : {"_kbl_addr_", "__perf", "perf_", "__SCT__"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

// Ranges of addresses whose code is not to be probed. Their ends are looked for in one pass: an index of all names
// would cost more than all the rest.
class Forbidden {
 public:
  explicit Forbidden(const Kallsyms& symbols) {
    for (size_t i = 0; i < symbols.size(); i++) {
      Kallsyms::Symbol symbol = symbols[i];
      if (!symbol.name.starts_with("__i") || !symbol.module.empty()) continue;
      for (Range& each : ranges_) {
        if (symbol.name == each.first) each.begin = symbol.address;
        if (symbol.name == each.last) each.end = symbol.address;
      }
    }
  }
  bool contains(uint64_t address) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const Range& range) { return range.begin <= address && address < range.end; });
  }

 private:
  struct Range {
    std::string_view first, last;
    uint64_t begin = UINT64_MAX, end = 0;  // nothing, unless both are found
  };
  std::array<Range, 2> ranges_ = {{{"__init_begin", "__init_end"}, {"__irqentry_text_start", "__irqentry_text_end"}}};
};

// Programs of BPF, and trampolines of ftrace and kprobes ("__builtin__ftrace"): kallsyms lists them as modules.
bool is_made_at_run_time(std::string_view module) { return module == "bpf" || module.starts_with("__builtin__"); }

void leave_out(ProbeFunctions& found, NoProbe reason, std::string_view name) {
  ProbeFunctions::LeftOut& row = found.left_out[static_cast<size_t>(reason)];
  if (row.count++ == 0) row.example = name;
}

std::optional<NoProbe> refuses(const Forbidden& forbidden, const Kallsyms::Symbol& symbol) {
  if (is_cold_part(symbol.name)) return NoProbe::kSplitOff;
  if (symbol.name.starts_with("__pfx_")) return NoProbe::kPadding;
  if (is_of_probing(symbol.name)) return NoProbe::kOfProbing;
  if (forbidden.contains(symbol.address)) return NoProbe::kGoneAfterBoot;
  return std::nullopt;
}

}  // namespace

std::string_view phrase_of(NoProbe reason) {
  switch (reason) {
    case NoProbe::kBlacklisted: return "on the kprobe blacklist";
    case NoProbe::kNotOffered: return "not traceable (notrace, or inlined)";
    case NoProbe::kGoneAfterBoot: return "ran only while the kernel started";
    case NoProbe::kSplitOff: return "parts of functions that the compiler split off";
    case NoProbe::kOfProbing: return "the kernel's own code for probes";
    case NoProbe::kPadding: return "padding before functions";
  }
  return "";
}

// Scripts ask for one function after another until one exists: the filter's long files are read for those only.
Result<ProbeFunctions> probe_functions(const std::function<bool(std::string_view, std::string_view)>& is_wanted) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Kallsyms> symbols, Kallsyms::running());
  ProbeFunctions found;
  Forbidden forbidden(*symbols);
  Names candidates;
  std::vector<Kallsyms::Symbol> kept;
  for (size_t i = 0; i < symbols->size(); i++) {
    Kallsyms::Symbol symbol = (*symbols)[i];
    if (!is_function_type(symbol.type) || is_made_at_run_time(symbol.module) || !is_wanted(symbol.name, symbol.module))
      continue;
    if (auto reason = refuses(forbidden, symbol)) leave_out(found, *reason, symbol.name);
    else if (candidates.insert(symbol.name).second) kept.push_back(symbol);
  }
  if (kept.empty()) return found;
  Filter filter(candidates);
  for (const Kallsyms::Symbol& each : kept) {
    if (auto reason = filter.refuses(each.name)) leave_out(found, *reason, each.name);
    else found.functions.push_back({std::string(each.name), std::string(each.module), each.address});
  }
  return found;
}

Result<std::vector<std::string>> probe_function_names(std::string_view prefix) {
  ASSIGN_OR_RETURN(ProbeFunctions found,
                   probe_functions([&](std::string_view name, std::string_view) { return name.starts_with(prefix); }));
  std::vector<std::string> names;
  for (ProbeFunction& each : found.functions) names.push_back(std::move(each.name));
  return names;
}

}  // namespace sonde::kernel
