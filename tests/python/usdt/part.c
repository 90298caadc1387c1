// A library with a probe of its own, and one whose name the program has as well.
#include <sys/sdt.h>

void part_call(long n) {
  STAP_PROBE1(part, called, n);
  STAP_PROBE1(app, count, n + 100);
}
