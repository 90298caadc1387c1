// A tracepoint's program has no parameters after the first.
// error 3:83: a program with this context has no parameters after the first: they are read from the registers of a probed function; its own data is in 'args'
int tracepoint__sched__sched_switch(struct tracepoint__sched__sched_switch *args, int prev) { return prev; }
