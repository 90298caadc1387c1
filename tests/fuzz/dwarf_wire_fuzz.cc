// Both directions of what source_frames() and sonde-dwarf say to one another: a child taken over by a hostile file may
// say anything.
// Of: symbols/dwarf_wire.cc
#include <cstdlib>

#include "input.h"
#include "symbols/dwarf_wire.h"

using namespace sonde;

FUZZ(input) {
  if (auto addresses = symbols::decode_addresses(input)) {
    if (symbols::encode_addresses(addresses->data(), addresses->size()) != input) std::abort();
  }
  auto answers = symbols::decode_answers(input, 100);
  if (!answers) return;
  std::string again;
  for (const symbols::FramesResult& each : *answers) symbols::encode_answer(each, again);
  auto same = symbols::decode_answers(again, 100);
  if (!same || same->size() != answers->size()) std::abort();
}
