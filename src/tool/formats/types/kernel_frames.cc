// kernel_frames_t: a stack of one row, frames of the kernel, on lines below it.
#include "tool/formats/stack_lines.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

std::vector<std::string> names(const Value& value) { return frame_names(value.bytes, value.formats, kKernelStacks); }

}  // namespace

const ValueType& kernel_frames_type() {
  static const ValueType kType{
      .name = "kernel_frames_t",
      .text = [](const Value& value) { return stack_lines(names(value), "[Missed Kernel Stack]"); },
      .json = [](const Value& value) -> nlohmann::json { return names(value); },
      .json_type = "texts",
      .is_below = true};
  return kType;
}

}  // namespace sonde::tool
