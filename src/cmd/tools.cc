// The ready tools, and `sonde list`.
#include "cmd/tools.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/standard_output.h"
#include "cmd/commands.h"
#include "kernel/suggestion.h"
#include "tool/run/run_tool.h"

namespace sonde::cmd {

Result<Object> EmbeddedTool::object() const { return Object::from_bytes(std::string(begin, end), name); }

const EmbeddedTool* find_tool(std::string_view name) {
  for (const EmbeddedTool& tool : embedded_tools()) {
    if (name == tool.name) return &tool;
  }
  return nullptr;
}

int run_embedded_tool(const EmbeddedTool& tool, const std::string& command, const std::vector<std::string>& arguments) {
  auto say = [&](const Error& error) {
    std::fprintf(stderr, "%s: error: %s\n", tool.name, error.what.c_str());
    return 1;
  };
  Result<Object> object = tool.object();
  if (!object) return say(object.error());
  Result<tool::Tool> described = tool::read_tool(object->spec(), tool.name);
  return described ? tool::run_tool_command(*object, *described, command, arguments) : say(described.error());
}

namespace {

Result<int> list_tools(const std::string& group) {
  std::string current;
  bool found = false;
  for (const EmbeddedTool& tool : embedded_tools()) {
    if (!group.empty() && group != tool.group) continue;
    found = true;
    if (current != tool.group) base::put(fmt::format("{}{}\n", current.empty() ? "" : "\n", tool.group));
    current = tool.group;
    ASSIGN_OR_RETURN(Object object, tool.object());
    ASSIGN_OR_RETURN(tool::Tool described, tool::read_tool(object.spec(), tool.name));
    base::put(fmt::format("  {:<16} {}\n", tool.name, described.summary));
  }
  if (found) return 0;
  kernel::Suggestion nearest(group);
  for (const EmbeddedTool& tool : embedded_tools()) nearest.offer(tool.group);
  std::string what = fmt::format("unknown group {}{}", group, kernel::suggestion_phrase(nearest.best()));
  return base::fail(ErrorKind::kNotFound, what, "sonde list shows all of them");
}

}  // namespace

Action add_list(CLI::App& app) {
  auto group = std::make_shared<std::string>();
  CLI::App* list = app.add_subcommand("list", "List the ready tools");
  list->add_option("-g,--group", *group, "list only the tools of this group")->type_name("GROUP");
  return [group] { return list_tools(*group); };
}

}  // namespace sonde::cmd
