// A fuzzer with a bug: what shows that the others' would be seen.
#include <cstdlib>

#include "input.h"

FUZZ(input) {
  if (input.starts_with("bug")) std::abort();
}
