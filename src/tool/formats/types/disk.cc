// disk_t: a block device, by its name under /dev.
#include "tool/formats/value_type.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  std::string path = text.starts_with('/') ? std::string(text) : fmt::format("/dev/{}", text);
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) {
    return base::fail(ErrorKind::kNotFound, fmt::format("{} is no disk", path), "lsblk lists disks");
  }
  return bytes_of(uint64_t{major(status.st_rdev)} << 20 | minor(status.st_rdev), size);
}

}  // namespace

const ValueType& disk_type() {
  static const ValueType kType{
      .name = "disk_t",
      .text = [](const Value& value) { return value.formats.disk_name(static_cast<uint32_t>(value.number())); },
      .parse = parse,
      .json_type = "string",
      .is_label = true};
  return kType;
}

}  // namespace sonde::tool
