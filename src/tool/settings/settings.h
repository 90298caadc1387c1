// What the user chose on the command line.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tool/declaration/tool.h"
#include "tool/settings/filter.h"

namespace sonde::tool {

struct Settings {
  std::map<std::string, std::string> values;   // of options, by their names: the bytes of their constants
  std::optional<double> duration;              // seconds
  unsigned interval = 0;                       // seconds; 0: one report at the end
  std::optional<uint64_t> count;               // of reports
  std::map<std::string, std::string> outputs;  // names of sinks, and what their options say
  bool folded = false;
  bool keep_screen = false;
  bool tells_attachments = false;  // what is attached to what, and why
  std::string flame_graph;         // a file
  std::string heat_map;
  std::string record;  // a file for what views read
  Filter filter;
  std::string probes;                    // as the user named them
  std::vector<std::string> probe_names;  // the places that they are, from number 1
  std::vector<std::string> command;      // traced from its begin to its end, with its children if the filter says so

  bool on(const std::string& option) const;
  bool hold(const Conditions& conditions) const;
  uint64_t number(const std::string& option) const;
};

// What a recording keeps of them: all that decides what is shown, not where it goes.
nlohmann::ordered_json recorded_settings(const Settings& settings);
// Throws json::exception where a member is missing or of another type.
void apply_recorded(const nlohmann::json& recorded, Settings& settings);

}  // namespace sonde::tool
