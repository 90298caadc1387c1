// bpf_num_cpus() is a number known when compiling.
int program(struct pt_regs *ctx) { return bpf_num_cpus() > 0; }
