// /proc/kallsyms, which is the kernel's own, but is also read from where tests and containers put it.
// Of: kernel/kallsyms.cc kernel/code_generation.cc base/file.cc
#include "input.h"
#include "kernel/kallsyms.h"

using namespace sonde;

FUZZ(input) {
  auto table = kernel::Kallsyms::parse(std::string(input));
  if (!table) return;
  kernel::Kallsyms::Symbol symbol;
  for (size_t i = 0; i < table->size() && i < 64; i++) {
    kernel::Kallsyms::Symbol each = (*table)[i];
    fuzz::use(table->find(each.name, symbol));
    fuzz::use(table->resolve(each.address, symbol));
    fuzz::use(table->resolve(each.address - 1, symbol));
  }
}
