// open_flag_t: a flag of open(2), as an option by its name.
#include "tool/formats/value_type.h"

#include <fcntl.h>

namespace sonde::tool {
namespace {

constexpr Name kFlags[] = {
    {O_WRONLY, "O_WRONLY"},       {O_RDWR, "O_RDWR"},         {O_CREAT, "O_CREAT"},         {O_EXCL, "O_EXCL"},
    {O_NOCTTY, "O_NOCTTY"},       {O_TRUNC, "O_TRUNC"},       {O_APPEND, "O_APPEND"},       {O_NONBLOCK, "O_NONBLOCK"},
    {O_NDELAY, "O_NDELAY"},       {O_DSYNC, "O_DSYNC"},       {O_SYNC, "O_SYNC"},           {O_ASYNC, "O_ASYNC"},
    {O_DIRECT, "O_DIRECT"},       {O_PATH, "O_PATH"},         {O_LARGEFILE, "O_LARGEFILE"}, {O_RSYNC, "O_RSYNC"},
    {O_DIRECTORY, "O_DIRECTORY"}, {O_NOFOLLOW, "O_NOFOLLOW"}, {O_NOATIME, "O_NOATIME"},     {O_CLOEXEC, "O_CLOEXEC"},
    {O_TMPFILE, "O_TMPFILE"},
};

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(int64_t flag, value_of_name(kFlags, text, "flag of open(2)"));
  return bytes_of(static_cast<uint64_t>(flag), size);
}

}  // namespace

const ValueType& open_flag_type() {
  static const ValueType kType{
      .name = "open_flag_t",
      .text = [](const Value& value) { return name_of(kFlags, static_cast<int64_t>(value.number())); },
      .parse = parse};
  return kType;
}

}  // namespace sonde::tool
