// signal_t: a number; as an option one that kill(2) takes, 0 included.
#include "tool/formats/value_type.h"
#include "tool/text/number.h"

#include <csignal>

namespace sonde::tool {
namespace {

Result<std::string> parse(std::string_view text, size_t size) {
  ASSIGN_OR_RETURN(uint64_t signal, number_in({0, static_cast<uint64_t>(SIGRTMAX)}, text));
  return bytes_of(signal, size);
}

}  // namespace

const ValueType& signal_type() {
  static const ValueType kType{.name = "signal_t", .parse = parse, .is_label = true};
  return kType;
}

}  // namespace sonde::tool
