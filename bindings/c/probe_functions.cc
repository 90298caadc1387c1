// The kernel's functions that a kprobe can be put on.
#include "c/probe_functions.h"

#include <algorithm>
#include <cerrno>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "kernel/kallsyms.h"
#include "kernel/tracefs.h"

namespace sonde::c {
namespace {

using kernel::Kallsyms;

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

struct Filter {
  std::string blacklist_text, offered_text;
  std::unordered_set<std::string_view> blacklist, offered;

  void read(std::string_view prefix);
  bool allows(std::string_view name) const {
    return !blacklist.count(name) && (offered_text.empty() || offered.count(name));
  }
};

// Both files are hints: where they cannot be read, the kernel itself refuses what cannot be probed.
void Filter::read(std::string_view prefix) {
  blacklist_text = base::read_file("/sys/kernel/debug/kprobes/blacklist").value_or("");
  each_word(blacklist_text, 1, [&](std::string_view name) { blacklist.insert(name); });
  auto tracefs = kernel::Tracefs::open();
  if (!tracefs) return;
  offered_text = (*tracefs)->read("available_filter_functions").value_or("");
  each_word(offered_text, 0, [&](std::string_view name) {
    if (name.starts_with(prefix)) offered.insert(name);
  });
}

bool is_function(char type) { return type == 't' || type == 'T' || type == 'w' || type == 'W'; }

// ".cold" and ".cold.12": the unlikely part of a function, split off by the compiler.
bool is_cold_part(std::string_view name) {
  size_t dot = name.rfind(".cold");
  if (dot == name.npos) return false;
  std::string_view rest = name.substr(dot + 5);
  return rest.empty() || (rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == rest.npos);
}

bool is_left_out(std::string_view name) {
  for (std::string_view prefix : {"_kbl_addr_", "__perf", "perf_", "__SCT__"}) {
    if (name.starts_with(prefix)) return true;
  }
  return is_cold_part(name);
}

// Ranges of addresses whose code is not to be probed.
class Forbidden {
 public:
  explicit Forbidden(const Kallsyms& symbols) {
    add(symbols, "__init_begin", "__init_end");
    add(symbols, "__irqentry_text_start", "__irqentry_text_end");
  }
  bool contains(uint64_t address) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const auto& range) { return range.first <= address && address < range.second; });
  }

 private:
  void add(const Kallsyms& symbols, std::string_view first, std::string_view last) {
    Kallsyms::Symbol begin, end;
    if (!symbols.find(first, begin) || !symbols.find(last, end)) return;
    ranges_.emplace_back(begin.address, end.address);
  }
  std::vector<std::pair<uint64_t, uint64_t>> ranges_;
};

// Each name once, as the table has them first.
std::vector<std::string_view> candidates(const Kallsyms& symbols, std::string_view prefix) {
  Forbidden forbidden(symbols);
  std::unordered_set<std::string_view> seen;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < symbols.size(); i++) {
    Kallsyms::Symbol symbol = symbols[i];
    if (!symbol.name.starts_with(prefix) || !is_function(symbol.type)) continue;
    if (is_left_out(symbol.name) || forbidden.contains(symbol.address)) continue;
    if (seen.insert(symbol.name).second) names.push_back(symbol.name);
  }
  return names;
}

}  // namespace

// Scripts ask for one function after another until one exists: the filter's long files are read for those only.
Result<std::vector<std::string>> probe_functions(std::string_view prefix) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Kallsyms> symbols, Kallsyms::running());
  std::vector<std::string> names;
  std::vector<std::string_view> found = candidates(*symbols, prefix);
  if (found.empty()) return names;
  Filter filter;
  filter.read(prefix);
  for (std::string_view name : found) {
    if (filter.allows(name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace sonde::c
