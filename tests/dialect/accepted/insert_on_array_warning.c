// insert() on an array does nothing, and the compiler says so.
// warning 9:9: all element of an array already exist; insert() will have no effect
// warning 10:10: all element of an array already exist; insert() will have no effect
BPF_ARRAY(slots, u64, 4);
BPF_PERCPU_ARRAY(percpu, u64, 4);
int program(struct pt_regs *ctx) {
  int key = 1;
  u64 value = 2;
  slots.insert(&key, &value);
  percpu.insert(&key, &value);
  return 0;
}
