// A category that does not exist.
// error 6:14: incomplete definition of type 'struct tracepoint__nosuch__event'
// hint: this kernel has no tracepoint nosuch:event, or tracefs is not readable; `ls /sys/kernel/tracing/events/nosuch` lists what there is
// note 5:1: forward declaration of 'struct tracepoint__nosuch__event'
TRACEPOINT_PROBE(nosuch, event) {
  return args->pid;
}
