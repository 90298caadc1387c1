// Stacks that get_stackid() cannot keep are counted in a map that the spec does not list.
// map one stacktrace type 7 key 4 value 1016 entries 1
// calls get_stackid 1
// calls lookup 1
BPF_STACK_TRACE(one, 1);
int program(struct pt_regs *ctx) { return one.get_stackid(ctx, 0); }
