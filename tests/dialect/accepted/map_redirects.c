// Where XDP programs send packets: a device, a CPU, a socket; the latter pinned or not.
// map devices devmap type 14 key 4 value 4 entries 8
// map cpus cpumap type 16 key 4 value 4 entries 4
// map sockets xskmap type 17 key 4 value 4 entries 16
// load to_device xdp
// load to_cpu xdp
// load to_socket xdp
// calls redirect_map 3
BPF_DEVMAP(devices, 8);
BPF_CPUMAP(cpus, 4);
BPF_XSKMAP(sockets, 16);
int to_device(struct xdp_md *ctx) { return devices.redirect_map(1, 0); }
int to_cpu(struct xdp_md *ctx) { return cpus.redirect_map(0, 0); }
int to_socket(struct xdp_md *ctx) {
  int index = ctx->rx_queue_index;
  return sockets.lookup(&index) ? sockets.redirect_map(index, XDP_DROP) : XDP_PASS;
}
