// A stack that a row carries itself.
#include "frame/stack_lines.h"

#include "frame/value_text.h"

namespace sonde::frame {

std::vector<StackFrame> stack_frames(std::string_view bytes, const Symbols& symbols) {
  std::vector<StackFrame> frames;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t address = unsigned_at(bytes, 8);
    if (address == 0) break;
    Symbol found = symbols.resolve(address);
    std::string_view module = found.module.substr(found.module.rfind('/') + 1);
    bool is_known = !found.name.empty();
    frames.push_back({address, is_known ? safe_text(fmt::format("{}+{:#x} [{}]", found.name, found.offset, module)) : "[unknown]"});
  }
  return frames;
}

std::vector<std::string> frame_names(std::string_view bytes, const Symbols& symbols) {
  std::vector<std::string> names;
  for (StackFrame& frame : stack_frames(bytes, symbols)) names.push_back(std::move(frame.name));
  return names;
}

std::string stack_lines(const std::vector<std::string>& names, const char* missed) {
  std::string lines;
  for (const std::string& name : names) lines += "\n        " + name;
  return lines.empty() ? fmt::format("\n    {}", missed) : lines;
}

}  // namespace sonde::frame
