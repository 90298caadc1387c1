// `sonde run`: a tool in a file of the user's own, or a program that declares none: what it says, submits and counts is
// shown by the same engine (tool_of_program.h).
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "base/standard_output.h"
#include "bpf/system/permission.h"
#include "cmd/commands.h"
#include "cmd/program_file.h"
#include "elf/section.h"
#include "tool/declaration/tool_of_program.h"
#include "tool/run/run_tool.h"
#include "tool/run/schema.h"
#include "tool/run/tool_options.h"

namespace sonde::cmd {
namespace {

constexpr int kUsageError = 2;

struct Arguments {
  std::string file;
  CompilerFlags flags;                                  // before the file
  std::vector<std::string> compiler_words, tool_words;  // before the file, once more
  std::vector<std::string> tail;
};

// Programs that no name or section sends anywhere: all of them is an error, some are only named.
Status check_hooks(const spec::Spec& spec) {
  std::string idle;
  size_t count = 0;
  for (const spec::Program& program : spec.programs) {
    if (program.auto_attach) continue;
    idle += (idle.empty() ? "" : ", ") + program.name;
    ++count;
  }
  if (spec.programs.empty()) return base::fail(ErrorKind::kInvalid, "there is no program in the file");
  if (count == 0) return {};
  const char* hint =
      "without a driver a function's name says where it goes: kprobe__FUNCTION, kretprobe__FUNCTION, "
      "tracepoint__CATEGORY__EVENT, raw_tracepoint__EVENT, syscall__NAME, or "
      "TRACEPOINT_PROBE(category, event), KFUNC_PROBE(function, …), or SEC(\"kprobe/FUNCTION\")";
  std::string what = fmt::format("nothing says where {} {} to be attached", idle, count == 1 ? "is" : "are");
  if (count == spec.programs.size()) return base::fail(ErrorKind::kInvalid, what, hint);
  std::fprintf(stderr, "sonde: warning: %s\nhint: %s\n", what.c_str(), hint);
  return {};
}

std::string tool_name(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

// tool.h, and the headers of families of tools, which include it.
constexpr const char* kToolHeaders[] = {"tool.h", "tool_slow_files.h", "tool_file_latency.h", "tool_interrupts.h"};

bool includes_tool_header(const std::string& text) {
  return std::any_of(std::begin(kToolHeaders), std::end(kToolHeaders), [&](const char* header) {
    return text.find(fmt::format("#include \"{}\"", header)) != std::string::npos;
  });
}

bool is_tool_file(const std::string& file, const std::string& bytes) {
  if (!elf::is_elf(bytes)) return includes_tool_header(bytes);
  Result<Object> object = Object::from_bytes(bytes, file);
  return object && tool::is_tool(object->spec());
}

tl::unexpected<Error> not_permitted() {
  return base::fail(ErrorKind::kPermission, "tracing is not permitted", bpf::permission_hint());
}

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Result<int> run_tool_file(Arguments& arguments, std::string bytes) {
  bool only_asks = !arguments.tail.empty();  // -h takes no rights
  if (!only_asks && !bpf::may_load_programs()) return not_permitted();
  arguments.flags.portable = true;  // for the fields that tool.h finds under one name or another
  ASSIGN_OR_RETURN(Object object, open_or_compile(arguments.file, std::move(bytes), arguments.flags));
  Result<tool::Tool> tool = tool::read_tool(object.spec(), tool_name(arguments.file));
  if (!tool) return tl::unexpected(base::in_context(arguments.file, tool.error()));
  return tool::run_tool_command(object, *tool, "sonde run " + arguments.file,
                                joined(arguments.tool_words, arguments.tail));
}

int usage_error(const Error& error) {
  std::fprintf(stderr, "sonde: error: %s\nhint: %s\n", error.what.c_str(), error.hint.c_str());
  return kUsageError;
}

Result<tool::Tool> tool_of(const Object& object, const std::string& file, const tool::Settings& settings) {
  tool::Tool tool = tool::tool_of_program(object.spec(), tool_name(file), tool::has_trace_calls(object.bytes()));
  if (settings.heat_map.empty() || !tool.histograms.empty()) return tool;
  return base::fail(ErrorKind::kInvalid, "--heatmap: the program has no histogram", "BPF_HISTOGRAM(name) declares one");
}

// The options are read before the program is compiled, and whatever stands before or after the file.
Result<int> run_program(const Arguments& arguments, Result<std::string> bytes) {
  const spec::Spec none;
  const tool::Tool any = tool::any_program();
  CompilerFlags flags;
  CLI::App app;
  app.name("sonde run " + arguments.file);
  tool::ToolOptions options(app, none, any, "sonde run");
  add_compiler_flags(app, flags);
  std::vector<std::string> before = joined(arguments.compiler_words, arguments.tool_words);
  Result<bool> is_run = options.parse(joined(std::move(before), arguments.tail));
  if (!is_run) return usage_error(is_run.error());
  if (!*is_run) return 0;
  Result<tool::Settings> settings = options.settings();
  if (!settings) return usage_error(settings.error());
  // Said first: what goes wrong later for want of it (an unreadable tracepoint, say) looks like something else.
  if (!options.asked().schema && !bpf::may_load_programs()) return not_permitted();
  if (!bytes) return tl::unexpected(bytes.error());
  ASSIGN_OR_RETURN(Object object, open_or_compile(arguments.file, std::move(*bytes), flags));
  ASSIGN_OR_RETURN(tool::Tool tool, tool_of(object, arguments.file, *settings));
  if (options.asked().schema) return base::put(tool::schema(object.spec(), tool).dump(2) + "\n"), 0;
  RETURN_IF_ERROR(check_hooks(object.spec()));
  if (settings->tells_attachments) {
    const char* from = object.from_cache() ? ", from the cache" : "";
    std::fprintf(stderr, "sonde: %s%s\n", arguments.file.c_str(), from);
  }
  return tool::run_tool_command(object, tool, *settings);
}

Result<int> run(Arguments& arguments) {
  Result<std::string> bytes = read_program(arguments.file);  // once: it may be a pipe
  if (bytes && is_tool_file(arguments.file, *bytes)) return run_tool_file(arguments, std::move(*bytes));
  return run_program(arguments, std::move(bytes));
}

// The options that were given, as words that mean the same; by the last of their names, which all tools know.
std::vector<std::string> words_of(const std::vector<CLI::Option*>& options) {
  std::vector<std::string> words;
  for (const CLI::Option* option : options) {
    bool is_long = !option->get_lnames().empty();
    std::string name = is_long ? "--" + option->get_lnames().back() : "-" + option->get_snames().back();
    bool is_flag = option->get_items_expected_max() == 0;
    for (const std::string& value : option->results())
      words.push_back(name + (is_flag ? "" : is_long ? "=" + value : value));
  }
  return words;
}

// What `add` adds to the command line.
template <typename Add>
std::vector<CLI::Option*> added(CLI::App& app, Add add) {
  size_t before = app.get_options().size();
  add();
  std::vector<CLI::Option*> all = app.get_options([](const CLI::Option*) { return true; });
  return {all.begin() + static_cast<std::ptrdiff_t>(before), all.end()};
}

}  // namespace

Action add_run(CLI::App& app, std::vector<std::string> tail) {
  static const spec::Spec kNone;
  static const tool::Tool kAnyProgram = tool::any_program();
  auto arguments = std::make_shared<Arguments>();
  arguments->tail = std::move(tail);
  CLI::App* run_app = app.add_subcommand(
      "run", "Run a tool, or a program that needs no driver: its trace lines, events and maps are printed");
  run_app->add_option("FILE", arguments->file, "C text, or an object that `sonde cc` made; options may follow")
      ->required();
  std::shared_ptr<tool::ToolOptions> known;
  auto of_tool =
      added(*run_app, [&] { known = std::make_shared<tool::ToolOptions>(*run_app, kNone, kAnyProgram, "sonde run"); });
  auto of_compiler = added(*run_app, [&] { add_compiler_flags(*run_app, arguments->flags); });
  return [arguments, known, of_tool, of_compiler] {
    arguments->tool_words = words_of(of_tool);
    arguments->compiler_words = words_of(of_compiler);
    return run(*arguments);
  };
}

}  // namespace sonde::cmd
