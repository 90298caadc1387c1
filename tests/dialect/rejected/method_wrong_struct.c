// The key of another map: a warning in BCC, an error in C.
// error 7:16: passing 'struct key_t' to parameter of incompatible type 'struct key_t *'; take the address with &
struct key_t { u32 a; };
BPF_HASH(start, struct key_t);
int program(struct pt_regs *ctx) {
  struct key_t key = {};
  start.update(key, &key);
  return 0;
}
