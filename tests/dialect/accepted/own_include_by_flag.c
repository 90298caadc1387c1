// Files found where -I says, in both kinds of brackets.
// cflags -I../included
// map shared hash type 1 key 4 value 8 entries 10240
#include <more.h>
#include "shared.h"
int program(struct pt_regs *ctx) {
  shared.increment(SHARED_KEY + MORE);
  return 0;
}
