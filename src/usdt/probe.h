// USDT probes of an ELF file: the notes of .note.stapsdt.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "elf/file.h"
#include "usdt/argument.h"

namespace sonde::usdt {

struct ProbeLocation {
  uint64_t address = 0;            // as the file counts, after prelinking
  uint64_t offset = 0;             // in the file
  uint64_t semaphore_address = 0;  // 0: none
  uint64_t semaphore_offset = 0;   // in the file: perf_event_open(2)'s ref_ctr_offset; 0: none, or not to be found
  std::vector<Argument> arguments;
};

struct Probe {
  std::string provider;
  std::string name;
  std::vector<ProbeLocation> locations;  // in the order of the notes; never empty

  std::string label() const { return provider + ":" + name; }
  // Of the first location that has one.
  uint64_t semaphore_address() const;
  // Of the location with the most.
  size_t argument_count() const;
};

// Probes by provider and name, each once, in the order of their first notes. A damaged note ends the list; a location
// outside of the file's code is left out; an argument that cannot be read is kept as kUnreadable. All three are said in
// `complaints`.
struct Probes {
  std::vector<Probe> probes;
  std::vector<std::string> complaints;  // at most kMaxComplaints
};
inline constexpr size_t kMaxComplaints = 100;

// A file without notes has no probes; that is no error.
Result<Probes> read_probes(const elf::File& file);

// Offsets of locations in the file, and of the semaphores that guard them; locations without one are not there.
std::map<uint64_t, uint64_t> semaphores_of(const elf::File& file);

// What one note says, before the file is looked at.
struct ProbeNote {
  uint64_t address = 0;
  uint64_t base = 0;  // where the linker had put .stapsdt.base
  uint64_t semaphore = 0;
  std::string_view provider, name, arguments;
};
Result<ProbeNote> parse_probe_note(std::string_view description, bool is_64_bit);

}  // namespace sonde::usdt
