// Throws and catches 23 times, 5 times of these once more, for every line of standard input.
#include <cstdio>
#include <stdexcept>

static void inner(int n) {
  try {
    throw std::runtime_error("thrown");
  } catch (const std::exception&) {
    if (n < 5) throw;
  }
}

int main() {
  char line[16];
  while (std::fgets(line, sizeof line, stdin)) {
    for (int n = 0; n < 23; n++) {
      try {
        inner(n);
      } catch (...) {
      }
    }
    std::puts("done 0");
    std::fflush(stdout);
  }
}
