// Where XDP programs send packets: a device, a CPU, a socket; the latter pinned or not.
// map devices devmap type 14 key 4 value 4 entries 8
// map cpus cpumap type 16 key 4 value 4 entries 4
// map sockets xskmap type 17 key 4 value 4 entries 16
// load program xdp
// calls redirect_map 3
BPF_DEVMAP(devices, 8);
BPF_CPUMAP(cpus, 4);
BPF_XSKMAP(sockets, 16);
int program(struct xdp_md *ctx) {
  int index = ctx->rx_queue_index;
  if (index == 1) return devices.redirect_map(index, 0);
  if (sockets.lookup(&index)) return sockets.redirect_map(index, 0);
  return cpus.redirect_map(0, 0);
}
