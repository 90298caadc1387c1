// BPF_PERCPU_ARRAY with every number of arguments: room for what the stack cannot hold.
// map one percpu_array type 6 key 4 value 8 entries 10240
// map two percpu_array type 6 key 4 value 4 entries 10240
// map scratch percpu_array type 6 key 4 value 4096 entries 1
struct big_t { char text[4096]; };
BPF_PERCPU_ARRAY(one);
BPF_PERCPU_ARRAY(two, int);
BPF_PERCPU_ARRAY(scratch, struct big_t, 1);
int program(struct pt_regs *ctx) {
  int zero = 0;
  struct big_t *big = scratch.lookup(&zero);
  if (!big) return 0;
  bpf_get_current_comm(big->text, 16);
  return big->text[0];
}
