// kernel_frames_t: a stack of one row, frames of the kernel, on lines below it.
#include "frame/value_text.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

constexpr size_t kFrames = 64;  // SONDE_FRAMES of tools/tool.h

std::vector<std::string> names(const Value& value) {
  std::vector<std::string> names;
  if (value.bytes.size() < kFrames * 8) return names;
  const Symbols& symbols = value.surroundings.kernel();
  for (size_t i = 0; i < kFrames; ++i) {
    uint64_t address = unsigned_at(value.bytes.substr(i * 8), 8);
    if (address == 0) break;
    Symbol found = symbols.resolve(address);
    std::string_view module = found.module.substr(found.module.rfind('/') + 1);
    names.push_back(found.name.empty() ? "[unknown]" : safe_text(fmt::format("{}+{:#x} [{}]", found.name, found.offset, module)));
  }
  return names;
}

std::string text(const Value& value) {
  std::string lines;
  for (const std::string& name : names(value)) lines += "\n        " + name;
  return lines.empty() ? "\n    [Missed Kernel Stack]" : lines;
}

}  // namespace

const ValueType& kernel_frames_type() {
  static const ValueType kType{
      .name = "kernel_frames_t",
      .text = text,
      .json = [](const Value& value) -> nlohmann::json { return names(value); },
      .parse = nullptr,
      .json_type = "strings",
      .is_below = true};
  return kType;
}

}  // namespace sonde::frame
