// Nor has one of networking.
// error 3:32: a program with this context has no parameters after the first: they are read from the registers of a probed function; its own data is in 'ctx'
int filter(struct xdp_md *ctx, int length) { return length; }
