// A function of the C library.
// error 5:3: call to undeclared library function 'printf' with type 'int (const char *, ...)' [-Wimplicit-function-declaration]
// hint: BPF programs have no C library and cannot call kernel functions; if 'printf' is an inline function of a kernel header, copy it into the program
int program(struct pt_regs *ctx) {
  printf("hello\n");
  return 0;
}
