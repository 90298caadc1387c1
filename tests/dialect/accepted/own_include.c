// The program's own file beside it.
// map shared hash type 1 key 4 value 8 entries 10240
#include "../included/shared.h"
int program(struct pt_regs *ctx) {
  shared.increment(SHARED_KEY);
  return 0;
}
