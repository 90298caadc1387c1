// What the user chose on the command line.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frame/filter.h"
#include "frame/tool.h"

namespace sonde::frame {

enum class Format { kText, kJson, kCsv };

struct Choices {
  std::map<std::string, std::string> values;  // of options, by their names: the bytes of their constants
  std::optional<double> duration;             // seconds
  unsigned interval = 0;                      // seconds; 0: one report at the end
  std::optional<uint64_t> count;              // of reports
  Format format = Format::kText;
  bool folded = false;
  bool keep_screen = false;
  bool journal = false;                       // rows go to systemd's journal as well
  bool tells_attachments = false;             // what is attached to what, and why
  std::string flame_graph;  // a file
  std::string heat_map;
  Filter filter;
  std::vector<std::string> command;  // traced from its begin to its end, with its children if the filter says so

  bool on(const std::string& option) const;
  bool hold(const Conditions& conditions) const;
  uint64_t number(const std::string& option) const;
};

}  // namespace sonde::frame
