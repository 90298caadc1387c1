// The program's enumerators and typedefs win over the kernel's of the same name.
// map counts hash type 1 key 8 value 8 entries 10240
typedef u64 pid_t;
enum { PIDTYPE_PID = 77, MINE };
enum zone_type { ZONE_A, ZONE_B };
BPF_HASH(counts, pid_t);
int program(struct pt_regs *ctx) {
  enum zone_type zone = ZONE_B;
  counts.increment(PIDTYPE_PID + MINE);
  return zone;
}
