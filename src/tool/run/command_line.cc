#include "tool/run/command_line.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "base/version.h"
#include "tool/formats/syscall_table.h"
#include "tool/formats/value_type.h"
#include "tool/run/manual.h"
#include "tool/run/schema.h"
#include "tool/run/tool_options.h"

namespace sonde::tool {
namespace {

// Four to a line, in alphabetical order.
std::string list_of_names(const std::string& type) {
  std::vector<std::string> listed;
  if (type == "syscall_t") {
    for (const Name& each : syscall_table()) listed.push_back(each.name);
  }
  std::sort(listed.begin(), listed.end());
  std::string text;
  for (size_t i = 0; i < listed.size(); ++i) {
    bool ends = i % 4 == 3 || i + 1 == listed.size();
    text += ends ? listed[i] + "\n" : fmt::format("{:<22}   ", listed[i]);
  }
  return text;
}

// Whether that was all.
bool print_asked(const ToolOptions::Asked& asked, const spec::Spec& spec, const Tool& tool, const CLI::App& app) {
  if (asked.manual) base::put(manual(spec, tool, app));
  else if (asked.schema) base::put(schema(spec, tool).dump(2) + "\n");
  else if (!asked.listed_type.empty()) base::put(list_of_names(asked.listed_type));
  else return false;
  return true;
}

}  // namespace

Result<std::optional<Settings>> read_command_line(const spec::Spec& spec, const Tool& tool, const Constants* constants,
                                                  const std::string& command,
                                                  const std::vector<std::string>& arguments) {
  CLI::App app(tool.summary);
  app.name(command);
  app.set_version_flag("--version", base::kVersion, "print the version");
  app.get_help_ptr()->description("print this help");
  ToolOptions options(app, spec, tool, command, constants);
  ASSIGN_OR_RETURN(bool is_run, options.parse(arguments));
  if (!is_run || print_asked(options.asked(), spec, tool, app)) return std::nullopt;
  ASSIGN_OR_RETURN(Settings settings, options.settings());
  return settings;
}

Result<std::optional<Settings>> read_command_line(const Object& object, const Tool& tool, const std::string& command,
                                                  const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(Constants constants, Constants::open(object.bytes()));
  return read_command_line(object.spec(), tool, &constants, command, arguments);
}

}  // namespace sonde::tool
