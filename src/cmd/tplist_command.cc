// `sonde tplist`: its command line, and how it prints and fails.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "cmd/commands.h"
#include "cmd/tplist.h"
#include "kernel/suggestion.h"
#include "probes/related_name.h"
#include "tool/formats/json_line.h"
#include "tool/run/manual.h"
#include "tool/text/number.h"
#include "tool/text/value_text.h"

namespace sonde::cmd {
namespace tplist {
namespace {

constexpr const char* kSummary = "List what can be probed: tracepoints, USDT probes, functions, with their types";

// The name that a pattern was to match, as far as it is written.
std::string letters_of(const std::string& pattern) {
  std::string letters = pattern;
  std::erase_if(letters, [](char c) { return c == '*' || c == '?' || c == '[' || c == ']'; });
  return letters;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "" : ", ") + each;
  return text;
}

tool::Tool described() {
  tool::Tool tool;
  tool.name = "tplist";
  tool.summary = kSummary;
  tool.notes = {
      "Without options: tracepoints of the kernel as CATEGORY:EVENT. With -p or -l: USDT probes as PROVIDER:PROBE, "
      "each behind the path of its file. -k, -u, --raw and --sizes list functions of the kernel, functions of a "
      "program or library, raw tracepoints, and the layout of the kernel's structs.",
      "Patterns are those of the shell: * ? [a-z] [!a]. A pattern that matches nothing is an error, which names what "
      "is nearest.",
      "Types of the kernel come from its BTF (/sys/kernel/btf); no headers are needed. A function that BTF does not "
      "describe is listed by its name. Sizes and offsets are in bytes; those of a bit-field are BYTE:BIT and its "
      "bits."};
  tool.overhead = {"None: it reads files, and attaches nothing."};
  tool.examples = {
      {"tplist 'sched:*'", "tracepoints of the scheduler"},
      {"tplist -v syscalls:sys_enter_read", "the fields of one"},
      {"tplist -l /usr/bin/node", "USDT probes of a program; -vv also shows where they are, and their arguments"},
      {"tplist -p 181 'mysql:*'", "those of all files that a process has mapped"},
      {"tplist -k 'vfs_*'", "functions of the kernel that can be probed, with their prototypes"},
      {"tplist -u c:'*alloc*'", "functions of the C library"},
      {"tplist --raw 'sched_*'", "raw tracepoints with what they are called with"},
      {"tplist --sizes task_struct", "a struct of this kernel: offsets, sizes, holes, bit-fields"}};
  return tool;
}

Result<int> list(Options options, const std::string& pid) {
  if (!pid.empty()) {
    ASSIGN_OR_RETURN(uint32_t process, tool::process_of(pid));
    options.pid = static_cast<int>(process);
  }
  if (!options.user.empty()) return list_user_functions(options);
  if (options.functions) return list_kernel_functions(options);
  if (options.raw) return list_raw_tracepoints(options);
  if (!options.record.empty()) return list_layouts(options);
  bool is_usdt = options.pid > 0 || !options.library.empty();
  return is_usdt ? list_usdt_probes(options) : list_tracepoints(options);
}

// What contradicts itself is wrong use. Told by hand: CLI11's own exclusions would fill the help.
void check(const Options& options, const std::string& pid) {
  bool is_usdt = !options.library.empty() || (!pid.empty() && options.user.empty());
  const std::pair<const char*, bool> kinds[] = {{options.library.empty() ? "-p" : "-l", is_usdt},
                                                {"-k", options.functions},
                                                {"-u", !options.user.empty()},
                                                {"--raw", options.raw},
                                                {"--sizes", !options.record.empty()}};
  const char* chosen = nullptr;
  for (const auto& [name, is_asked] : kinds) {
    if (is_asked && chosen) throw CLI::ExcludesError(chosen, name);
    if (is_asked) chosen = name;
  }
  if (!options.record.empty() && !options.filter.empty()) throw CLI::ExcludesError("--sizes", "another PATTERN");
  if (!options.btf_file.empty() && !options.raw && options.record.empty())
    throw CLI::RequiresError("--btf", "--raw or --sizes");
}

}  // namespace

void put_safe(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    safe += tool::safe_text(text.substr(0, end));
    if (end < text.size()) safe += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  base::put(safe);
}

void put_json(const nlohmann::ordered_json& record) { base::put(tool::json_line(record) + "\n"); }

tl::unexpected<Error> nothing_matches(std::string_view what, const std::string& pattern, const OfferAll& offer_all,
                                      std::string otherwise) {
  std::string wanted = letters_of(pattern);
  kernel::Suggestions near(wanted);
  probes::RelatedName related(wanted);
  offer_all([&](std::string_view name) { near.offer(name), related.offer(name); });
  std::vector<std::string> names = near.best();
  const std::string& longer = related.best();
  if (!longer.empty() && std::find(names.begin(), names.end(), longer) == names.end()) names.push_back(longer);
  std::string hint = names.empty() ? std::move(otherwise) : "nearest: " + joined(names);
  return base::fail(ErrorKind::kNotFound, tool::safe_text(fmt::format("no {} matches {}", what, pattern)),
                    tool::safe_text(hint));
}

}  // namespace tplist

Action add_tplist(CLI::App& app) { return add_tplist_options(*app.add_subcommand("tplist", tplist::kSummary)); }

Action add_tplist_options(CLI::App& app) {
  struct Arguments : tplist::Options {
    std::string process;
    bool manual = false;
  };
  auto given = std::make_shared<Arguments>();
  auto add = [&app](const char* names, std::string& into, const char* word, const char* help) {
    app.add_option(names, into, help)->type_name(word);
  };
  app.description(tplist::kSummary);
  add("PATTERN", given->filter, "", "of names, as the shell's: * ? [a-z] (default: all)");
  add("-p,--pid", given->process, "PID", "USDT probes of the files that a process has mapped");
  add("-l,--lib", given->library, "LIB", "USDT probes of a library or program: its path, or its name, as c");
  app.add_flag("-k,--kernel-functions", given->functions,
               "functions of the kernel that can be probed, with their prototypes");
  add("-u,--user-functions", given->user, "LIB",
      "functions of a library or program; LIB:PATTERN: those whose demangled or mangled names match");
  app.add_flag("--raw", given->raw, "raw tracepoints, with what they are called with");
  add("--sizes", given->record, "STRUCT",
      "the layout of a struct, a union, or all that a pattern matches, as pahole shows it");
  add("--btf", given->btf_file, "FILE", "for --raw and --sizes: types of this file, BTF or ELF with a section .BTF");
  app.add_flag("-v,--verbose", given->verbosity,
               "show fields, or how many places and arguments a USDT probe has; -vv: each of them, and offsets");
  app.add_flag("--json", given->as_json, "one JSON object on each line, with all that is known");
  app.add_flag("--manual", given->manual, "print the manual page, in troff, and end");
  app.callback([given] { tplist::check(*given, given->process); });
  return [given, &app]() -> Result<int> {
    if (!given->manual) return tplist::list(*given, given->process);
    base::put(tool::manual(spec::Spec{}, tplist::described(), app));
    return 0;
  };
}

}  // namespace sonde::cmd
