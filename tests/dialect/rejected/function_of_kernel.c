// A function of the kernel.
// error 5:10: call to undeclared function 'kmalloc' [-Wimplicit-function-declaration]
// hint: 'kmalloc' is in the kernel header linux/slab.h, which is not built in: if it is a macro or an inline function, copy it into the program, or install the headers of kernel {release} and add #include <linux/slab.h>; BPF programs cannot call the kernel's other functions
int program(struct pt_regs *ctx) {
  return kmalloc(10, GFP_KERNEL) ? 1 : 0;
}
