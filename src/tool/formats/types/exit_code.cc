// exit_code_t: how a task ended: "0", "code 3", "signal 11 (SEGV), core dumped".
#include "tool/formats/value_type.h"

#include <csignal>
#include <cstring>

namespace sonde::tool {
namespace {

std::string text(const Value& value) {
  auto code = static_cast<int>(value.number());
  int signal = code & 0x7f, status = code >> 8 & 0xff;
  if (signal == 0) return status == 0 ? "0" : fmt::format("code {}", status);
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("signal {} ({}){}", signal, name ? name : "unknown", code & 0x80 ? ", core dumped" : "");
}

}  // namespace

const ValueType& exit_code_type() {
  static const ValueType kType{.name = "exit_code_t", .text = text, .json_type = "string", .is_label = true};
  return kType;
}

}  // namespace sonde::tool
