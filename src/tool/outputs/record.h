// One thing that a tool found, as a view hands it on: a row, a line of a table, a histogram, a stack. It can be asked
// for in four ways, and is made into none of them before: a sink asks for the one that it writes.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "tool/outputs/measure.h"

namespace sonde::tool {

using Cells = std::vector<std::string>;

class Record {
 public:
  virtual ~Record() = default;
  // For people: one line or more, without the newline of the last. Nothing in it can control a terminal. Empty: there
  // is nothing to show.
  virtual std::string text() const = 0;
  // For programs: an object. Its strings are the bytes that were seen, whatever those are (json_line.h).
  virtual nlohmann::ordered_json json() const = 0;
  // For spreadsheets: rows with a cell for each of the names that its view began with. Any bytes, too.
  virtual std::vector<Cells> rows() const = 0;
  // What can be added up or plotted.
  virtual std::vector<Measure> measures() const { return {}; }
};

}  // namespace sonde::tool
