// The bytes of .note.stapsdt, in a file that is otherwise sound.
// Of: usdt/*.cc elf/*.cc base/file.cc
#include "input.h"
#include "usdt/file_test.h"
#include "usdt/probe.h"

using namespace sonde;

FUZZ(input) {
  usdt::ProbeFile made;
  made.add_symbol("counter", usdt::ProbeFile::kData + 8);
  made.add_bytes(input);
  auto file = elf::File::from_bytes(made.bytes(), "input");
  if (file) fuzz::use(usdt::read_probes(*file));
}
