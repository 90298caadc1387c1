// A library's header that is not there.
// error 4:10: 'stdio.h' file not found
// hint: kernel headers (linux/…, net/…, uapi/…) are provided; other files are looked for in the current directory and where -I says
#include <stdio.h>
int program(struct pt_regs *ctx) { return 0; }
