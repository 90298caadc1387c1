// USDT probes of an ELF file: the notes of .note.stapsdt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "elf/file.h"
#include "usdt/argument.h"

namespace sonde::usdt {

struct ProbeLocation {
  uint64_t address = 0;  // as the file counts, after prelinking
  uint64_t offset = 0;   // in the file
  std::vector<Argument> arguments;
};

struct Probe {
  std::string provider;
  std::string name;
  uint64_t semaphore_address = 0;  // 0: none
  uint64_t semaphore_offset = 0;   // in the file: perf_event_open(2)'s ref_ctr_offset
  std::vector<ProbeLocation> locations;  // in the order of the notes
};

// Probes by provider and name, each once, in the order of their first notes. A damaged note ends the list; a location outside of the
// file, or with an argument that cannot be read, is left out and said in `complaints`.
struct Probes {
  std::vector<Probe> probes;
  std::vector<std::string> complaints;
};
Result<Probes> read_probes(const elf::File& file);

}  // namespace sonde::usdt
