// A run written down: each event and each answer that its views got, a JSON object on a line, so that the same output
// can be made of it again without the kernel (replay.h). docs/internals/recordings.md describes the lines.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tool/formats/format_context.h"
#include "tool/views/data_source.h"
#include "tool/views/view.h"

namespace sonde::tool {

class Recorder {
 public:
  static constexpr size_t kMaxBytes = 512u << 20;

  Recorder(const Tool& tool, const spec::Spec& spec, const Settings& settings);

  // Beside the real ones, which must outlive it.
  std::unique_ptr<DataSource> record(DataSource& source);
  std::unique_ptr<Machine> record(std::unique_ptr<Machine> machine);

  void report(const Report& report);
  // Writes the file. kTooLarge: what came after the first kMaxBytes is not in it.
  Status end(const std::string& path, uint64_t missed_calls);

 private:
  friend class RecordingSource;
  friend class RecordingMachine;

  // Time passes from one event or report to the next only, in the run as in its replay.
  void mark(nlohmann::ordered_json& line);
  void add(const nlohmann::ordered_json& line);

  std::unique_ptr<Machine> clock_;
  uint64_t monotonic_ns_ = 0, real_ns_ = 0;
  std::string lines_;
  bool is_cut_ = false;
};

}  // namespace sonde::tool
