// barrier, READ_ONCE, volatile and inline assembler.
int counter;
int program(struct pt_regs *ctx) {
  int value = READ_ONCE(counter);
  barrier();
  asm volatile("%0 += 1" : "+r"(value));
  WRITE_ONCE(counter, value);
  return value;
}
