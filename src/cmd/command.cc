// The command line of `sonde`, and how errors look.
#include <algorithm>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>

#include "base/open_files.h"
#include "base/standard_output.h"
#include "base/version.h"
#include "cmd/commands.h"
#include "cmd/tools.h"
#include "kernel/suggestion.h"

namespace sonde::cmd {

namespace {

constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;

// The compiler's diagnostics stand for themselves; everything else is one line and a hint.
void report(std::string_view speaker, const Error& error) {
  std::string name(speaker);
  if (error.kind == ErrorKind::kCompile) {
    std::fprintf(stderr, "%s%s", error.what.c_str(), error.what.ends_with('\n') ? "" : "\n");
    std::fprintf(stderr, "%s: error: the program does not compile\n", name.c_str());
  } else {
    std::fprintf(stderr, "%s: error: %s\n", name.c_str(), error.what.c_str());
  }
  if (std::string hint = base::hint_of(error); !hint.empty()) std::fprintf(stderr, "hint: %s\n", hint.c_str());
}

// The first word when it is neither a command nor an option.
std::string stray_word(const CLI::App& app, const std::vector<std::string>& words) {
  std::string word = words.empty() ? "" : words[0];
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return {};
  }
  return word.starts_with('-') ? "" : word;
}

std::string nearest_command(const CLI::App& app, const std::string& word) {
  kernel::Suggestion nearest(word);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    nearest.offer(command->get_name());
  for (const EmbeddedTool& tool : embedded_tools()) nearest.offer(tool.name);
  return nearest.best();
}

int unknown_command(const CLI::App& app, const std::string& word) {
  bool file = word.ends_with(".c") || word.ends_with(".o");
  std::string nearest = file ? "" : kernel::suggestion_phrase(nearest_command(app, word));
  std::string hint = file ? "sonde run " + word : "sonde -h lists the commands, sonde list the tools";
  std::fprintf(stderr, "sonde: error: there is no command %s%s\nhint: %s\n", word.c_str(), nearest.c_str(),
               hint.c_str());
  return kUsageError;
}

// A command that is installed under its own name speaks by it, as the tools do.
bool has_own_name(std::string_view command) { return command == "tplist"; }

std::string speaker_of(const CLI::App& app) {
  std::string chosen = app.get_subcommands().empty() ? "" : app.get_subcommands().front()->get_name();
  return has_own_name(chosen) ? chosen : app.get_name();
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string name = app.get_name();
  if (!app.get_subcommands().empty()) name += " " + app.get_subcommands().front()->get_name();
  std::string what = error.what();
  std::fprintf(stderr, "%s: error: %s\nhint: %s -h says how it is used\n", speaker_of(app).c_str(),
               what.substr(0, what.find('\n')).c_str(), name.c_str());
  return kUsageError;
}

// `act` may read on, behind the program's name.
int parse_and_act(CLI::App& app, std::vector<std::string> words, const Action& act) {
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
    Result<int> done = act();
    if (!done) report(speaker_of(app), done.error());
    return done.value_or(kRuntimeError);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return base::put_exit(app, error);  // -h and --version
    return usage_error(app, error);
  }
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// `sonde run -v FILE.c -x 5` and `sonde replay FILE --json`: only what the file holds says what the words after it
// mean.
std::vector<std::string> cut_after_file(std::vector<std::string>& words) {
  if (words.empty() || (words[0] != "run" && words[0] != "replay")) return {};
  auto is_file = [&](const std::string& word) {
    bool descriptor = word == "/dev/stdin" || word.starts_with("/dev/fd/") || word.starts_with("/proc/self/fd/");
    bool is_program = word.ends_with(".c") || word.ends_with(".o") || descriptor;
    return !word.starts_with('-') && (words[0] == "replay" || is_program);
  };
  auto file = std::find_if(words.begin() + 1, words.end(), is_file);
  if (file == words.end()) return {};
  std::vector<std::string> tail(file + 1, words.end());
  words.erase(file + 1, words.end());
  return tail;
}

int run_own_command(std::vector<std::string> words) {
  CLI::App app{
      "sonde traces the kernel and programs with BPF.\n\nA first look:\n  sonde list\n  sonde opensnoop\n  sonde run PROGRAM.c"};
  app.name("sonde");
  app.set_version_flag("--version", std::string("sonde ") + base::kVersion, "print the version");
  app.require_subcommand(1);
  std::vector<std::string> tail = cut_after_file(words);
  std::map<std::string, Action> actions{{"run", add_run(app, tail)}, {"cc", add_cc(app)},
                                        {"list", add_list(app)},     {"new", add_new(app)},
                                        {"doctor", add_doctor(app)}, {"replay", add_replay(app, tail)},
                                        {"tplist", add_tplist(app)}};
  if (std::string word = stray_word(app, words); !word.empty()) return unknown_command(app, word);
  return parse_and_act(app, std::move(words), [&] { return actions[app.get_subcommands().front()->get_name()](); });
}

// `tplist` by a link of that name.
int run_under_own_name(const std::string& name, std::vector<std::string> words) {
  CLI::App app;
  app.name(name);
  app.set_version_flag("--version", base::kVersion, "print the version");
  Action act = add_tplist_options(app);
  return parse_and_act(app, std::move(words), act);
}

}  // namespace

int run_command(int argc, char** argv) {
  base::prepare_standard_descriptors();
  base::raise_open_file_limit();
  add_parts_of_tools();
  std::string_view called = argc > 0 ? base_name(argv[0]) : "sonde";
  if (const EmbeddedTool* tool = find_tool(called)) {
    return base::finish_standard_output(tool->name, run_embedded_tool(*tool, tool->name, {argv + 1, argv + argc}));
  }
  if (const EmbeddedTool* tool = argc > 1 ? find_tool(argv[1]) : nullptr) {
    int status = run_embedded_tool(*tool, fmt::format("sonde {}", tool->name), {argv + 2, argv + argc});
    return base::finish_standard_output(tool->name, status);
  }
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (has_own_name(called)) {
    return base::finish_standard_output(called, run_under_own_name(std::string(called), std::move(words)));
  }
  return base::finish_standard_output("sonde", run_own_command(std::move(words)));
}

}  // namespace sonde::cmd
