// The ready tools: their objects, compiled ahead of time and embedded, and the commands that go with them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sonde/session.h"

namespace sonde::cmd {

struct EmbeddedTool {
  const char* name;
  const char* group;  // the folder of tools/ that it lies in
  const char* begin;
  const char* end;

  Result<Object> object() const;
};

std::span<const EmbeddedTool> embedded_tools();  // by group, then by name
const EmbeddedTool* find_tool(std::string_view name);

// Views and types of values that single tools have: once, before any tool is read.
void add_parts_of_tools();

// Runs the tool as `command ARGUMENTS`; gives the exit status.
int run_embedded_tool(const EmbeddedTool& tool, const std::string& command, const std::vector<std::string>& arguments);

}  // namespace sonde::cmd
