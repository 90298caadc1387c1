// io_flags_t: what a block request does and how, "Sync-Write": cmd_flags of the kernel.
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

constexpr Name kOperations[] = {{0, "Read"},        {1, "Write"},     {2, "Flush"},      {3, "Discard"},
                                {5, "SecureErase"}, {6, "ZoneReset"}, {9, "WriteZeros"}, {15, "ZoneReset"}};

// The last first in text. The bits are REQ_* of linux/blk_types.h.
constexpr Name kFlags[] = {{1 << 11, "Sync"},      {1 << 12, "Metadata"},   {1 << 17, "ForcedUnitAccess"},
                           {1 << 13, "Priority"},  {1 << 14, "NoMerge"},    {1 << 15, "Idle"},
                           {1 << 19, "ReadAhead"}, {1 << 20, "Background"}, {1 << 21, "NoWait"}};

std::string text(const Value& value) {
  auto flags = static_cast<int64_t>(value.number());
  std::string text;
  for (const Name& flag : kFlags) {
    if (flags & flag.value) text = fmt::format("{}-{}", flag.name, text);
  }
  std::string operation = name_of(kOperations, flags & 0xff);
  return text + (operation == std::to_string(flags & 0xff) ? "Unknown" : operation);
}

}  // namespace

const ValueType& io_flags_type() {
  static const ValueType kType{.name = "io_flags_t", .text = text, .json_type = "string", .is_label = true};
  return kType;
}

}  // namespace sonde::tool
