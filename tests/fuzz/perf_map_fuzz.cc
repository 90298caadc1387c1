// A perf map, at once and in two pieces.
// Of: elf/perf_map.cc base/file.cc
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "elf/perf_map.h"
#include "input.h"

using namespace sonde;

namespace {

void ask(const elf::PerfMap& map) {
  elf::PerfMap::Symbol symbol;
  for (uint64_t address = 0; address != UINT64_MAX >> 4; address = address << 1 | 1) {
    if (map.find(address, symbol)) fuzz::use(symbol.name.size());
  }
}

}  // namespace

FUZZ(input) {
  ask(elf::PerfMap::parse(input));
  base::Fd file(::memfd_create("map", MFD_CLOEXEC));
  fuzz::use(base::write_all(file.get(), input.substr(0, input.size() / 2), "map"));
  auto map = elf::PerfMap::read(file.get(), "map", 4096);
  if (!map) return;
  fuzz::use(base::write_all(file.get(), input.substr(input.size() / 2), "map"));
  fuzz::use(map->read_more(file.get(), "map"));
  ask(*map);
  fuzz::use(::ftruncate(file.get(), static_cast<off_t>(input.size() / 3)));
  fuzz::use(map->read_more(file.get(), "map"));
  ask(*map);
}
