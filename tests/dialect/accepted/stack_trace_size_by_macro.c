// The size of a stack trace map may come from -D, as scripts do it.
// cflags -DSTACK_STORAGE_SIZE=1000
// map stacks stacktrace type 7 key 4 value 1016 entries 1024
BPF_STACK_TRACE(stacks, STACK_STORAGE_SIZE);
int program(struct pt_regs *ctx) { return stacks.get_stackid(ctx, 0); }
