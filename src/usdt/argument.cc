// One argument of a USDT probe.
#include "usdt/argument.h"

namespace sonde::usdt {

std::string c_type(const Argument& argument) {
  return fmt::format("{}int{}_t", argument.is_signed ? "" : "u", argument.size * 8);
}

}  // namespace sonde::usdt
