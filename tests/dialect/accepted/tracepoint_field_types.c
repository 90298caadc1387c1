// Fields of every kind: device and sector numbers, unsigned ones, arrays of letters, texts of varying length, widened ones.
// tracepoint block:block_rq_issue comm dev nr_sector rwbs sector
// tracepoint irq:irq_handler_entry irq name
// tracepoint signal:signal_generate code comm errno group pid result sig
// tracepoint syscalls:sys_enter_mmap addr fd flags len off prot
// no probe_read
BPF_HASH(seen);
TRACEPOINT_PROBE(block, block_rq_issue) {
  seen.increment(args->dev + args->sector + args->nr_sector + args->rwbs[0] + args->comm[1]);
  return 0;
}
TRACEPOINT_PROBE(irq, irq_handler_entry) {
  char name[32];
  TP_DATA_LOC_READ_STR(name, name, sizeof(name));
  seen.increment(args->irq + name[0]);
  return 0;
}
TRACEPOINT_PROBE(signal, signal_generate) {
  seen.increment(args->sig + args->errno + args->code + args->comm[0] + args->pid + args->group + args->result);
  return 0;
}
TRACEPOINT_PROBE(syscalls, sys_enter_mmap) {
  _Static_assert(sizeof(args->fd) == 8 && sizeof(args->prot) == 8, "the kernel's record has 8 bytes for each");
  seen.increment(args->addr + args->len + args->prot + args->flags + args->fd + args->off);
  return 0;
}
