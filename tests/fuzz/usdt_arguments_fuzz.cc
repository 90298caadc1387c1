// A probe's arguments as its note has them, for both machines.
// Of: usdt/*.cc
#include <elf.h>

#include "input.h"
#include "usdt/argument.h"

using namespace sonde;

FUZZ(input) {
  for (uint16_t machine : {EM_X86_64, EM_AARCH64}) {
    auto arguments = usdt::parse_arguments(input, machine);
    if (!arguments) continue;
    for (const usdt::Argument& each : *arguments) fuzz::use(usdt::c_type(each));
  }
}
