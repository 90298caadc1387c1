#include "kernel/functions.h"

#include <fmt/format.h>

#include "base/file.h"
#include "kernel/kallsyms.h"
#include "kernel/suggestion.h"
#include "kernel/tracefs.h"

namespace sonde::kernel {
namespace {

using State = FunctionFinding::State;

// True when `name` stands as a whole word at a line's start, or in its second column (as in the kprobe blacklist).
bool has_line(std::string_view text, std::string_view name, char before) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    bool starts = at == 0 ? before == '\n' : text[at - 1] == before;
    size_t end = at + name.size();
    if (starts && (end == text.size() || text[end] == '\n' || text[end] == ' ' || text[end] == '\t')) return true;
  }
  return false;
}

// GCC renames what it clones: x.isra.0, x.constprop.0, x.part.0. Those have another calling convention, so they are
// named, not taken.
std::string renamed_by_compiler(const Kallsyms& symbols, std::string_view name) {
  for (size_t i = 0; i < symbols.size(); i++) {
    std::string_view other = symbols[i].name;
    if (other.size() > name.size() && other.starts_with(name) && other[name.size()] == '.' &&
        other.find(".cold") == std::string_view::npos) {
      return std::string(other);
    }
  }
  return {};
}

FunctionFinding missing(const Kallsyms& symbols, std::string_view name) {
  if (std::string clone = renamed_by_compiler(symbols, name); !clone.empty()) {
    return {State::kRenamed, fmt::format("no such function in this kernel, whose compiler made {} of it", clone),
            clone};
  }
  Suggestion suggestion(name);
  for (size_t i = 0; i < symbols.size(); i++) {
    if (is_function_type(symbols[i].type)) suggestion.offer(symbols[i].name);
  }
  return {State::kMissing, fmt::format("no such function in this kernel{}", suggestion_phrase(suggestion.best())),
          suggestion.best()};
}

bool in_init_text(const Kallsyms& symbols, uint64_t address) {
  Kallsyms::Symbol begin, end;
  return symbols.find("__init_begin", begin) && symbols.find("__init_end", end) && address != 0 &&
         address >= begin.address && address < end.address;
}

}  // namespace

FunctionFinding examine_function(std::string_view name) {
  auto symbols = Kallsyms::running();
  if (!symbols) return {};
  Kallsyms::Symbol symbol;
  if (!(*symbols)->find(name, symbol)) return missing(**symbols, name);
  if (!is_function_type(symbol.type)) return {State::kNotTraceable, "is data in this kernel, not a function", {}};
  if (in_init_text(**symbols, symbol.address)) {
    return {State::kInit, "ran only while the kernel started; its code is gone", {}};
  }
  auto blacklist = base::read_file("/sys/kernel/debug/kprobes/blacklist");
  if (blacklist && has_line(*blacklist, name, '\t')) {
    return {State::kBlacklisted, "on the kernel's kprobe blacklist: it cannot be probed safely", {}};
  }
  auto tracefs = Tracefs::open();
  auto traceable = tracefs ? (*tracefs)->read("available_filter_functions") : Result<std::string>(std::string());
  if (traceable && !traceable->empty() && !has_line(*traceable, name, '\n')) {
    return {State::kNotTraceable,
            "exists, but is not traceable (marked notrace, or in a section that may not be probed)",
            {}};
  }
  return {State::kFine, "", {}};
}

}  // namespace sonde::kernel
