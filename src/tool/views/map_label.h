// Says of each record which map it is of, where a tool shows several.
#pragma once

#include <string>

#include "tool/declaration/tool.h"
#include "tool/outputs/sink.h"

namespace sonde::tool {

inline const std::string kTracePipe = "trace_pipe";  // in the place of a map
inline constexpr const char* kMapMember = "map";     // of JSON records, and a column of CSV

class MapLabel {
 public:
  // `map`: one of several, or what stands for it. Lines begin with it if other rows come between them.
  MapLabel(const Tool& tool, const std::string& map);

  void begin(Sink& sink, Cells names) const;
  void header(Sink& sink, const std::string& line) const { sink.header(before_ + line); }
  void put(Sink& sink, const Record& record) const;

 private:
  const std::string& map_;
  bool in_data_;
  std::string before_;  // of each line
};

}  // namespace sonde::tool
