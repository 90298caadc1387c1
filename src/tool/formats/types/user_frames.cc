// user_frames_t: a stack of one row, frames of the process that they say, on lines below it.
#include <cstddef>

#include "tool/formats/layout.h"
#include "tool/formats/stack_lines.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

std::vector<std::string> names(const Value& value) {
  size_t pid_at = std::min(offsetof(layout::user_frames_t, pid), value.bytes.size());
  auto pid = static_cast<int>(unsigned_at(value.bytes.substr(pid_at), 8));
  return frame_names(value.bytes.substr(0, pid_at), value.formats, pid);
}

}  // namespace

const ValueType& user_frames_type() {
  static const ValueType kType{
      .name = "user_frames_t",
      .text = [](const Value& value) { return stack_lines(names(value), "[Missed User Stack]"); },
      .json = [](const Value& value) -> nlohmann::json { return names(value); },
      .json_type = "texts",
      .is_below = true};
  return kType;
}

}  // namespace sonde::tool
