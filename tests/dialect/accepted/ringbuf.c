// BPF_RINGBUF_OUTPUT: size in pages; every method; both ways of sending record the type.
// map copied ringbuf type 27 key 0 value 0 entries 32768
// map reserved ringbuf type 27 key 0 value 0 entries 4096
// event copied struct data_t {pid}
// event reserved struct data_t {pid}
// calls ringbuf_output 1
// calls ringbuf_reserve 1
// calls ringbuf_submit 1
// calls ringbuf_discard 1
// calls ringbuf_query 1
struct data_t { u32 pid; };
BPF_RINGBUF_OUTPUT(copied, 8);
BPF_RINGBUF_OUTPUT(reserved, 1);
int program(struct pt_regs *ctx) {
  struct data_t data = {.pid = 1};
  copied.ringbuf_output(&data, sizeof(data), 0);
  struct data_t *event = reserved.ringbuf_reserve(sizeof(struct data_t));
  if (!event) return 0;
  event->pid = reserved.ringbuf_query(0);
  if (event->pid) reserved.ringbuf_submit(event, 0);
  else reserved.ringbuf_discard(event, 0);
  return 0;
}
