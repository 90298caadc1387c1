"""The programs of bpfcc-tools' folder of examples: how each is started, and what its output must show."""

from compat.script import CALLED, CONNECTS, IO, ME, OPENS, READS, Script, script
from compat.shows import Rows, Sum, histogram

FRAMES = "packets.py frames"
FORKS = "processes.py forks"
UNTIDY = {"statuses": (0, 1, -2)}  # examples do not care how Ctrl-C looks


def example(name: str, args: str, load: str, *shows, **more) -> Script:
    return script(name, args, load, *shows, **UNTIDY, **more)


def network(name: str, args: str, load: str, *shows, **more) -> Script:
    return example(f"networking/{name}", args, load, *shows, own_network=True, **more)


EXAMPLES = [
    example("hello_world.py", "", FORKS, Rows(rf"({ME}|<\.\.\.>)-\d+ .*Hello, World!", 5)),
    example("tracing/biolatpcts.py", "", READS, Rows(r"^p50=[1-9]\d*us p75=[1-9]\d*us p90=[1-9]\d*us p99="),
            header="percentile"),
    example("tracing/bitehist.py", "", READS, histogram(40), at_end=True, header="Tracing"),
    example("tracing/dddos.py", "", CONNECTS, header="MESSAGE", at_end=True),
    example("tracing/disksnoop.py", "", READS, Rows(r"R +4096 ", 40), header="BYTES"),
    example("tracing/hello_fields.py", "", FORKS, Rows(f"{ME} .*Hello, World!", 5), header="MESSAGE"),
    example("tracing/hello_perf_output.py", "", FORKS, Rows(f"{ME} .*Hello, perf_output!", 5), header="MESSAGE"),
    example("tracing/hello_perf_output_using_ns.py", "", FORKS, Rows(f"{ME} .*Hello, perf_output!", 5),
            header="MESSAGE"),
    example("tracing/kvm_hypercall.py", "", "", header="EVENT", at_end=True, modules=("kvm",)),
    example("tracing/mallocstacks.py", "{pid}", "memory.py leaks", Rows("40960 bytes allocated at:", 1), at_end=True,
            header="Attaching"),
    example("tracing/mysqld_query.py", "{pid}", CALLED),
    example("tracing/nodejs_http_server.py", "{pid}", "target.js"),
    example("tracing/nflatency.py", "-i 1", CONNECTS, Rows(r"^Bucket = IPV4 LOCAL_OUT \(tcp SYN\)"), header="Bucket",
            modules=("iptable_filter forward=0",)),
    example("tracing/stack_buildid_example.py", "", "processes.py spins", at_end=True),
    example("tracing/stacksnoop.py", "-p {pid} vfs_open", OPENS, Rows(r"^\d+\.\d+ +vfs_open$", 23),
            Rows(r"^\s+(do_sys_openat2|do_sys_open)$", 23), header="FUNCTION"),
    example("tracing/strlen_count.py", "", "processes.py execs", header="Tracing", at_end=True),
    example("tracing/strlen_hist.py", "", "processes.py execs", histogram(1)),
    example("tracing/strlen_hist_ifunc.py", "", "processes.py execs", histogram(1), header="wait"),
    example("tracing/strlen_snoop.py", "{pid}", "processes.py execs", header="STRLEN", at_end=True),
    example("tracing/sync_timing.py", "", "files.py syncs", Rows("ultiple syncs detected", 2), header="Tracing"),
    example("tracing/task_switch.py", "", "processes.py sleeps", Rows(r"task_switch\[ *\d+-> *\d+\]=\d+")),
    example("tracing/tcpv4connect.py", "", CONNECTS, Rows(rf"({ME}|<\.\.\.>) +127.0.0.1 +127.0.0.1 +12321", 8),
            header="DADDR"),
    example("tracing/trace_fields.py", "", FORKS, Rows("Hello, World!", 5), header="MESSAGE"),
    example("tracing/trace_perf_output.py", "", FORKS, Rows(": 12345678", 5), header="Tracing"),
    example("tracing/undump.py", "", "network.py passes_files", Rows("Recv", 5), header="Tracing"),
    example("tracing/urandomread.py", "", "", header="GOTBITS", at_end=True),
    example("tracing/urandomread-explicit.py", "", "", header="GOTBITS", at_end=True),
    example("tracing/vfsreadlat.py", "1", IO, histogram(12), header="Tracing"),
    network("http_filter/http-parse-complete.py", "-i lo", "packets.py requests", Rows(r"^GET /compat-\d ", 10),
            in_copy=True, header="binding"),
    network("http_filter/http-parse-simple.py", "-i lo", "packets.py requests", Rows(r"^GET /compat-\d ", 10),
            in_copy=True, header="binding"),
    network("net_monitor.py", "lo", CONNECTS, Rows(r"^source address : 127.0.0.1")),
    network("simple_tc.py", "", "", Rows("SCHED_CLS: OK", 1), attaches_nothing=True, modules=("veth",)),
    network("sockmap.py", "-c {COMPAT_DIR}/cgroup/compat", "packets.py connects_in_group", Rows("Sockhash op: ", 16)),
    network("tc_perf_event.py", "", "packets.py pings", Rows(r"^\d+ +fe80\S+ +ff02::1 +0xfaceb00c$", 3),
            modules=("veth",), header="SRC IP"),
    network("xdp/xdp_drop_count.py", "wire", FRAMES, Sum(r"^17: (\d+) pkt/s$", 20, exact=True), modules=("veth",),
            header="Printing"),
    network("xdp/xdp_drop_count.py", "-S wire", FRAMES, Sum(r"^17: (\d+) pkt/s$", 20, exact=True), modules=("veth",),
            header="Printing", variant="generic"),
    network("xdp/xdp_macswap_count.py", "wire", FRAMES, Sum(r"^17: (\d+) pkt/s$", 20, exact=True), modules=("veth",),
            header="Printing"),
    network("xdp/xdp_redirect_cpu.py", "wire 1", FRAMES, Sum(r"^(\d+) pkt/s to CPU 1$", 20, exact=True),
            modules=("veth",), header="Printing"),
    network("xdp/xdp_redirect_map.py", "wire other", FRAMES, Sum(r"^(\d+) pkt/s$", 20, exact=True), modules=("veth",),
            header="Printing"),
    network("distributed_bridge/main.py", "", "", Rows("3 packets transmitted, 3 received, 0% packet loss", 4),
            in_copy=True, typed="\n", modules=("veth", "vxlan", "bridge"), patience_s=240),
    network("distributed_bridge/main.py", "mesh", "", Rows("3 packets transmitted, 3 received, 0% packet loss", 4),
            in_copy=True, typed="\n", modules=("veth", "vxlan", "bridge"), patience_s=240, variant="mesh"),
    network("neighbor_sharing/tc_neighbor_sharing.py", "", "", Rows("Network ready", 1), in_copy=True, typed="\n",
            modules=("veth", "bridge"), patience_s=240),
    network("tunnel_monitor/monitor.py", "", "packets.py pings_through_tunnel",
            Rows(r'"tx_pkts": 7, "tx_bytes": \d+, "rx_pkts": 7,'), in_copy=True, namespace="host0",
            result_file="chord-transitions/data/tunnel.json", modules=("veth", "vxlan"), patience_s=20),
    network("vlan_learning/vlan_learning.py", "", "", Rows(r"mac 02000000000[0-2] rx pkts = [1-9]", 3),
            in_copy=True, typed="\n", modules=("veth", "8021q"), patience_s=240),
]
