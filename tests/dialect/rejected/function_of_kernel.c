// A function of the kernel.
// error 5:10: call to undeclared function 'kmalloc' [-Wimplicit-function-declaration]
// hint: BPF programs have no C library and cannot call kernel functions; if 'kmalloc' is an inline function of a kernel header, copy it into the program
int program(struct pt_regs *ctx) {
  return kmalloc(10, GFP_KERNEL) ? 1 : 0;
}
