// Several maps and programs on one line, and maps between functions.
// map a hash type 1 key 8 value 8 entries 10240
// map b array type 2 key 4 value 8 entries 10240
// map c histogram type 2 key 4 value 8 entries 64
BPF_HASH(a); BPF_ARRAY(b); int first(struct pt_regs *ctx) { b.increment(1); return 0; }
BPF_HISTOGRAM(c); int second(struct pt_regs *ctx) { c.increment(2); a.increment(3); return 0; }
