// Text that is not ASCII in comments and strings: größer, 名前, 🐝.
int program(struct pt_regs *ctx) {
  char text[] = "größer 🐝";
  return sizeof(text) == 13 ? text[3] : 0;  // ü ö ä
}
