// inode_t: the number of a file; as an option the file's path.
#include "tool/formats/value_type.h"

#include <sys/stat.h>

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  struct stat status{};
  if (::stat(std::string(text).c_str(), &status) != 0)
    return base::fail(ErrorKind::kNotFound, fmt::format("there is no {}", text));
  return bytes_of(status.st_ino, size);
}

}  // namespace

const ValueType& inode_type() {
  static const ValueType kType{
      .name = "inode_t", .text = nullptr, .json = nullptr, .parse = parse, .json_type = nullptr};
  return kType;
}

}  // namespace sonde::tool
