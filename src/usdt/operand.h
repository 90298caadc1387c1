// The operand of a USDT argument, what follows the '@': a constant, a register or a place in memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "usdt/argument.h"
#include "usdt/registers.h"

namespace sonde::usdt {

// Fills in all of `argument` but its size, signedness and float. Errors are one phrase, without the text.
Status parse_operand(std::string_view text, uint16_t machine, Argument& argument);

}  // namespace sonde::usdt
