// Pointers to pointers and arrays of two dimensions.
// calls probe_read 3
struct matrix_t { int cells[3][4]; };
int program(struct pt_regs *ctx, struct matrix_t *matrix, char **arguments) {
  return matrix->cells[1][2] + arguments[1][2];
}
