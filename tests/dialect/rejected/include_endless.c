// A file that includes itself.
// error 5:10: #include nested too deeply
// error 6:5: redefinition of 'program'
// note 6:5: previous definition is here
#include "include_endless.c"
int program(struct pt_regs *ctx) { return 0; }
