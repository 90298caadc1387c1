// tcp_state_t: the state of a TCP socket by its name.
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

constexpr Name kStates[] = {{1, "ESTABLISHED"}, {2, "SYN_SENT"},  {3, "SYN_RECV"}, {4, "FIN_WAIT1"},
                            {5, "FIN_WAIT2"},   {6, "TIME_WAIT"}, {7, "CLOSE"},    {8, "CLOSE_WAIT"},
                            {9, "LAST_ACK"},    {10, "LISTEN"},   {11, "CLOSING"}, {12, "NEW_SYN_RECV"}};

std::string text(const Value& value) { return name_of(kStates, static_cast<int64_t>(value.number())); }

}  // namespace

const ValueType& tcp_state_type() {
  static const ValueType kType{.name = "tcp_state_t", .text = text, .json_type = "string", .is_label = true};
  return kType;
}

}  // namespace sonde::tool
