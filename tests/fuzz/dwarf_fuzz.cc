// DWARF, as sonde-dwarf reads it: units, functions, inlined ones, lines. Most of the work is libdw's.
// Of: dwarf/*.cc elf/*.cc base/file.cc
#include "dwarf/debug_info.h"
#include "elf/file.h"
#include "input.h"

using namespace sonde;

namespace {

constexpr uint64_t kQuestions = 64;

// Over the first page of each executable segment, where the seeds have their code.
std::vector<uint64_t> addresses_in(std::string_view input) {
  std::vector<uint64_t> addresses;
  auto file = elf::File::from_bytes(std::string(input), "input");
  if (!file) return addresses;
  for (const elf::Segment& each : file->segments()) {
    for (uint64_t i = 0; each.executable && i < kQuestions && addresses.size() < 2 * kQuestions; ++i)
      addresses.push_back(each.address + 5 * i);
  }
  return addresses;
}

}  // namespace

FUZZ(input) {
  std::string copy(input);
  auto info = dwarf::DebugInfo::open(copy.data(), copy.size());
  if (!info) return;
  for (uint64_t address : addresses_in(input)) {
    auto frames = info->frames(address);
    if (frames) fuzz::use(frames->size());
  }
}
