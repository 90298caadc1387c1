// What only an installed header can give.
// error 8:3: call to undeclared function 'list_for_each_entry' [-Wimplicit-function-declaration]
// hint: 'list_for_each_entry' is in the kernel header linux/list.h, which is not built in: if it is a macro or an inline function, copy it into the program, or install the headers of kernel {release} and add #include <linux/list.h>; BPF programs cannot call the kernel's other functions
// error 9:10: use of undeclared identifier 'VMALLOC_END'
// hint: 'VMALLOC_END' is in the kernel header asm/pgtable_64_types.h, which is not built in: copy its definition into the program, or install the headers of kernel {release} and add #include <asm/pgtable_64_types.h>
int program(struct pt_regs *ctx) {
  struct task_struct *task = 0, *first = 0;
  list_for_each_entry(task, first, first);
  return VMALLOC_END;
}
