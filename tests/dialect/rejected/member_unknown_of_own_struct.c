// A member that the program's own struct does not have.
// error 6:8: no member named 'pdi' in 'struct data_t'
struct data_t { u32 pid; };
int program(struct pt_regs *ctx) {
  struct data_t data = {};
  data.pdi = 1;
  return data.pid;
}
