// dns_answer_t: a message of a name server. It is not shown: dns_name_t knows the names in it from then on.
#include <algorithm>

#include "tool/text/value_text.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

// dns_answer_t of tools/tool.h: when it came, its length, its bytes.
constexpr size_t kHead = 12;

void take(const Value& value) {
  if (value.bytes.size() < kHead) return;
  size_t length = unsigned_at(value.bytes.substr(8), 4);
  value.formats.dns().add(value.bytes.substr(kHead, length), unsigned_at(value.bytes, 8));
}

}  // namespace

const ValueType& dns_answer_type() {
  static const ValueType kType{.name = "dns_answer_t", .take = take};
  return kType;
}

}  // namespace sonde::tool
