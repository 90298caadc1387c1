// The context may be called anything, and parameters of function and array type are pointers.
struct request_queue;
int entry(struct pt_regs *registers, struct request_queue *queue, int (*callback)(int), char name[16]) {
  return (queue != NULL) + (callback != NULL) + name[0];
}
