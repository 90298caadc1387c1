// lookup wants the address of the key.
// warning 7:28: incompatible integer to pointer conversion passing 'u32' (aka 'unsigned int') to parameter of type 'u32 *' (aka 'unsigned int *'); take the address with & [-Wint-conversion]
// error 7:28: lookup() wants an address here: put & before it
BPF_HASH(start, u32);
int program(struct pt_regs *ctx) {
  u32 pid = 1;
  u64 *time = start.lookup(pid);
  return time ? 1 : 0;
}
