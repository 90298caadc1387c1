// The command line of `sonde`, and how errors look.
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>

#include "cmd/commands.h"
#include "cmd/tools.h"

namespace sonde::cmd {

namespace {

constexpr int kRuntimeError = 1;
constexpr int kUsageError = 2;

// The compiler's diagnostics stand for themselves; everything else is one line and a hint.
void report(const Error& error) {
  std::fflush(stdout);
  if (error.kind == ErrorKind::kCompile) {
    std::fprintf(stderr, "%s%s", error.what.c_str(), error.what.ends_with('\n') ? "" : "\n");
    std::fprintf(stderr, "sonde: error: the program does not compile\n");
  } else {
    std::fprintf(stderr, "sonde: error: %s\n", error.what.c_str());
  }
  if (!error.hint.empty()) std::fprintf(stderr, "hint: %s\n", error.hint.c_str());
}

// The first word when it is neither a command nor an option.
std::string stray_word(const CLI::App& app, int argc, char** argv) {
  std::string word = argc > 1 ? argv[1] : "";
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return {};
  }
  return word.starts_with('-') ? "" : word;
}

int unknown_command(const std::string& word) {
  bool file = word.ends_with(".c") || word.ends_with(".o");
  std::fprintf(stderr, "sonde: error: there is no command %s\nhint: %s\n", word.c_str(),
               file ? ("sonde run " + word).c_str() : "sonde -h lists the commands");
  return kUsageError;
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* chosen = &app;
  if (!app.get_subcommands().empty()) chosen = app.get_subcommands().front();
  std::string name = chosen == &app ? "sonde" : "sonde " + chosen->get_name();
  std::string what = error.what();
  std::fprintf(stderr, "sonde: error: %s\nhint: %s -h says how it is used\n", what.substr(0, what.find('\n')).c_str(), name.c_str());
  return kUsageError;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// `sonde run -v FILE.c -x 5`: of "-x 5" only FILE.c says what it means.
std::vector<std::string> cut_behind_program(std::vector<std::string>& words) {
  if (words.empty() || words[0] != "run") return {};
  auto is_program = [](const std::string& word) { return !word.starts_with('-') && (word.ends_with(".c") || word.ends_with(".o")); };
  auto program = std::find_if(words.begin() + 1, words.end(), is_program);
  if (program == words.end()) return {};
  std::vector<std::string> tail(program + 1, words.end());
  words.erase(program + 1, words.end());
  return tail;
}

}  // namespace

int run_command(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_DFL);  // a reader that goes away ends us quietly, even where our parent ignores the signal
  std::setvbuf(stdout, nullptr, _IOLBF, 1u << 16);
  if (const EmbeddedTool* tool = find_tool(base_name(argv[0]))) {
    return run_embedded_tool(*tool, tool->name, {argv + 1, argv + argc});
  }
  if (const EmbeddedTool* tool = argc > 1 ? find_tool(argv[1]) : nullptr) {
    return run_embedded_tool(*tool, fmt::format("sonde {}", tool->name), {argv + 2, argv + argc});
  }
  CLI::App app{"sonde traces the kernel and programs with BPF.\n\nA first look:\n  sonde list\n  sonde opensnoop\n  sonde run PROGRAM.c"};
  app.name("sonde");
  app.set_version_flag("--version", "sonde " SONDE_VERSION, "print the version");
  app.require_subcommand(1);
  std::vector<std::string> words(argv + 1, argv + argc), tail = cut_behind_program(words);
  std::map<std::string, Action> actions{{"run", add_run(app, tail)}, {"cc", add_cc(app)}, {"list", add_list(app)},
                                        {"new", add_new(app)}, {"doctor", add_doctor(app)}};
  if (std::string word = stray_word(app, argc, argv); !word.empty()) return unknown_command(word);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
    Result<int> done = actions[app.get_subcommands().front()->get_name()]();  // which may read on, behind the program's name
    if (!done) report(done.error());
    return done.value_or(kRuntimeError);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // -h and --version
    return usage_error(app, error);
  }
}

}  // namespace sonde::cmd
