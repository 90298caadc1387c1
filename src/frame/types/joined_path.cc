// joined_path_t: a path and, where it is relative, the directories above it, innermost first.
#include <algorithm>

#include "frame/value_text.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

// joined_path_t of tools/tool.h: length, then names that end in a zero byte.
std::string path_of(const Value& value) {
  if (value.bytes.size() < 4) return "";
  std::string_view rest = value.bytes.substr(4, unsigned_at(value.bytes, 4));
  std::string path(rest.substr(0, rest.find('\0')));
  rest.remove_prefix(std::min(path.size() + 1, rest.size()));
  if (path.starts_with('/')) return path;
  while (!rest.empty()) {
    std::string_view name = rest.substr(0, rest.find('\0'));
    path.insert(0, std::string(name) + "/");
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
  }
  return path.starts_with('/') ? path : "/" + path;
}

}  // namespace

const ValueType& joined_path_type() {
  static const ValueType kType{.name = "joined_path_t",
                               .text = [](const Value& value) { return safe_text(path_of(value)); },
                               .json = [](const Value& value) -> nlohmann::json { return path_of(value); },
                               .json_type = "text"};
  return kType;
}

}  // namespace sonde::frame
