// A global variable that starts as the address of something.
// error 6:44: 'pointer' holds addresses, which a BPF program's data cannot
// hint: write the texts into the table itself, char names[][16] = {…}, or choose with switch
int target = 3;
int *pointer = &target;
int program(struct pt_regs *ctx) { return *pointer; }
