// A stack that a row carries itself.
#include "frame/stack_lines.h"

#include "frame/value_text.h"

namespace sonde::frame {

std::vector<std::string> frame_names(std::string_view bytes, const Symbols& symbols) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kRowFrames && bytes.size() >= 8; ++i, bytes.remove_prefix(8)) {
    uint64_t address = unsigned_at(bytes, 8);
    if (address == 0) break;
    Symbol found = symbols.resolve(address);
    std::string_view module = found.module.substr(found.module.rfind('/') + 1);
    names.push_back(found.name.empty() ? "[unknown]" : safe_text(fmt::format("{}+{:#x} [{}]", found.name, found.offset, module)));
  }
  return names;
}

std::string stack_lines(const std::vector<std::string>& names, const char* missed) {
  std::string lines;
  for (const std::string& name : names) lines += "\n        " + name;
  return lines.empty() ? fmt::format("\n    {}", missed) : lines;
}

}  // namespace sonde::frame
