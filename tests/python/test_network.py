"""Programs on packets: loaded with every type, attached in a namespace of the test's own, with exact counts."""
import ctypes as ct
import os
import socket
import struct
import subprocess
import time

import pytest
from bcc import BPF, BPFAttachType, BPFProgType
from network_namespace import EXPERIMENTAL, Namespace, frame
from program_run import run_program

COUNT = """
#include <bcc/proto.h>
BPF_ARRAY(hits, u64, 4);
static int count_if(int wanted, int slot) { if (wanted) hits.atomic_increment(slot); return wanted; }
"""


@pytest.fixture
def net():
    with Namespace() as namespace:
        yield namespace


@pytest.fixture
def load():
    made = []

    def make(text, **options):
        made.append(BPF(text=COUNT + text, **options))
        return made[-1]
    yield make
    for each in made:
        each.cleanup()


def hits(b, slot=0):
    return b["hits"][slot].value


def wait_for(condition):
    """Frames on their way are handled by a softirq, which need not be over when send() is."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


SKB = "int f(struct __sk_buff *skb) { return %s; }"
# type, a program of it, what it returns when it is run on a packet of 64 bytes (None: the kernel runs none of these for
# tests)
TYPES = [
    ("SOCKET_FILTER", SKB % "load_byte(skb, 0) == 9 ? 7 : 0", 7),
    ("SCHED_CLS", SKB % "skb->len", 64),
    ("SCHED_ACT", SKB % "load_byte(skb, 14)", 9),
    ("XDP", "int f(struct xdp_md *ctx) { return ctx->data_end - ctx->data == 64 ? XDP_TX : XDP_DROP; }", 3),
    ("CGROUP_SKB", SKB % "skb->len == 50", 1),  # without its Ethernet header
    ("LWT_IN", SKB % "skb->len == 50 ? BPF_DROP : BPF_OK", 2),
    ("LWT_OUT", SKB % "BPF_OK", 0),
    ("LWT_XMIT", SKB % "BPF_REDIRECT", 7),
    ("CGROUP_SOCK", "int f(struct bpf_sock *sk) { return sk->family == AF_INET; }", None),
    ("SOCK_OPS", "int f(struct bpf_sock_ops *ops) { return ops->op == BPF_SOCK_OPS_TCP_CONNECT_CB; }", None),
    ("SK_SKB", SKB % "skb->len ? SK_PASS : SK_DROP", None),
    ("CGROUP_DEVICE", "int f(struct bpf_cgroup_dev_ctx *ctx) { return ctx->major == 1; }", None),
    ("SK_MSG", "int f(struct sk_msg_md *msg) { return msg->size ? SK_PASS : SK_DROP; }", None),
]


@pytest.mark.parametrize("kind,text,returned", TYPES, ids=[row[0] for row in TYPES])
def test_every_type_is_loaded(load, kind, text, returned):
    b = load(text)
    function = b.load_func("f", getattr(BPF, kind))
    assert function.fd > 2 and b.load_func(b"f", getattr(BPF, kind)) is function
    if returned is not None:
        packet = bytearray(frame(b"\x09")).ljust(64, b"\0")
        of_a_packet = kind in ("SOCKET_FILTER", "XDP", "SCHED_CLS", "SCHED_ACT")
        packet[12:14] = (0x88B5 if of_a_packet else 0x0800).to_bytes(2, "big")
        assert run_program(function.fd, bytes(packet))[0] == returned


ATTACH_TYPES = [
    ("CGROUP_SOCK_ADDR", "CGROUP_INET4_CONNECT",
     "int f(struct bpf_sock_addr *ctx) { ctx->user_port = bpf_htons(81); return 1; }"),
    ("CGROUP_SOCK_ADDR", "CGROUP_UDP6_SENDMSG", "int f(struct bpf_sock_addr *ctx) { return ctx->user_ip6[0] != 1; }"),
    ("CGROUP_SOCKOPT", "CGROUP_GETSOCKOPT", "int f(struct bpf_sockopt *ctx) { return ctx->optname != 5; }"),
    ("CGROUP_SOCK", "CGROUP_INET4_POST_BIND", "int f(struct bpf_sock *sk) { return sk->src_port != 80; }"),
    ("XDP", "XDP_DEVMAP", "int f(struct xdp_md *ctx) { return ctx->egress_ifindex ? XDP_PASS : XDP_DROP; }"),
]


@pytest.mark.parametrize("kind,attach_type,text", ATTACH_TYPES, ids=[row[1] for row in ATTACH_TYPES])
def test_types_that_need_an_attach_type(load, kind, attach_type, text):
    b = load(text)
    function = b.load_func("f", getattr(BPFProgType, kind), None, getattr(BPFAttachType, attach_type))
    assert function.fd > 2


def test_an_attach_type_that_a_section_says(load):
    b = load('SEC("cgroup/connect4") int f(struct bpf_sock_addr *ctx) { ctx->user_ip4 = 1; return 1; }')
    assert b.load_func("f", BPFProgType.CGROUP_SOCK_ADDR).fd > 2


def test_a_raw_socket_gets_what_its_filter_lets_through(net, load):
    b = load("""
    int f(struct __sk_buff *skb) {
      u8 *cursor = 0;
      struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
      if (!count_if(ethernet->type == 0x88b5, 0)) return 0;
      return count_if(load_byte(skb, 14) == 'y', 1) ? -1 : 0;
    }""")
    function = b.load_func("f", BPF.SOCKET_FILTER)
    assert BPF.attach_raw_socket(function, net.here) is None
    with socket.socket(fileno=function.sock) as raw:
        for payload in (b"y1", b"n", b"y2", b"n", b"n"):
            net.send(1, payload)
        wait_for(lambda: hits(b) == 5)
        assert hits(b, 1) == 2
        assert [raw.recv(100), raw.recv(100)] == [frame(b"y1"), frame(b"y2")]
        with pytest.raises(BlockingIOError):
            raw.recv(100)


XDP = """
int f(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct ethhdr *ethernet = data;
  if (data + sizeof(*ethernet) > end || ethernet->h_proto != htons(0x88b5)) return XDP_PASS;
  count_if(1, 0);
  return ACTION;
}
int nothing(struct xdp_md *ctx) { return XDP_PASS; }
"""
MODES = [0, BPF.XDP_FLAGS_SKB_MODE, BPF.XDP_FLAGS_DRV_MODE]


@pytest.mark.parametrize("flags", MODES, ids=["any", "generic", "driver"])
def test_xdp_drops_and_passes(net, load, flags):
    b = load(XDP, cflags=["-DACTION=XDP_DROP"])
    other = load(XDP, cflags=["-DACTION=XDP_PASS"])
    with net.listener(net.here) as arriving:
        assert BPF.attach_xdp(net.here, b.load_func("f", BPF.XDP), flags) is None
        net.send(20)
        wait_for(lambda: hits(b) == 20)
        b.attach_xdp(net.here.encode(), other.load_func("f", BPF.XDP), flags)  # in its stead
        net.send(7)
        wait_for(lambda: hits(other) == 7)
        assert [len(arriving.recv(100)) for _ in range(7)] == [60] * 7
        assert BPF.remove_xdp(net.here, flags) is None
        net.send(3)
        assert [len(arriving.recv(100)) for _ in range(3)] == [60] * 3
        assert (hits(b), hits(other)) == (20, 7)
        arriving.setblocking(False)
        with pytest.raises(BlockingIOError):
            arriving.recv(100)


def test_xdp_sends_back(net, load):
    b = load(XDP, cflags=["-DACTION=XDP_TX"])
    b.attach_xdp(net.here, b.load_func("f", BPF.XDP))
    # a veth's driver receives from XDP only if it has a program
    b.attach_xdp(net.there, b.load_func("nothing", BPF.XDP))
    with net.listener(net.there) as back:
        net.send(5, b"x")
        assert [back.recv(100) for _ in range(5)] == [frame(b"x")] * 5
    assert hits(b) == 5


def test_xdp_stays_until_it_is_removed(net, load):
    b = load(XDP, cflags=["-DACTION=XDP_PASS"])
    b.attach_xdp(net.here, b.load_func("f", BPF.XDP))
    b.cleanup()
    assert "xdp" in shown(net.here)
    BPF.remove_xdp(net.here)
    BPF.remove_xdp(net.here)  # nothing there: fine, too
    assert "xdp" not in shown(net.here)


def shown(device):
    return subprocess.run(["ip", "link", "show", device], capture_output=True, text=True, check=True).stdout


def test_what_goes_wrong_is_named(net, load):
    b = load(XDP + SKB.replace("f(", "filter(") % "1" + SKB.replace("f(", "judge(") % "1", cflags=["-DACTION=XDP_PASS"])
    xdp, filter_ = b.load_func("f", BPF.XDP), b.load_func("filter", BPF.SOCKET_FILTER)
    judge = b.load_func("judge", BPF.SK_SKB)
    with pytest.raises(Exception, match="Failed to attach BPF to device nowhere.*No such device"):
        b.attach_xdp("nowhere", xdp)
    with pytest.raises(Exception, match="Failed to detach BPF from device nowhere.*No such device"):
        b.remove_xdp("nowhere")
    with pytest.raises(Exception, match="Failed to attach BPF to device here.*Invalid argument"):
        b.attach_xdp(net.here, filter_)
    with pytest.raises(Exception, match="Failed to open raw device nowhere.*No such device"):
        b.attach_raw_socket(filter_, "nowhere")
    with pytest.raises(Exception, match="Failed to attach BPF to device here(.|\n)*socket filter"):
        b.attach_raw_socket(xdp, net.here)
    b.attach_xdp(net.here, xdp)
    with pytest.raises(Exception, match="Failed to attach BPF to device here.*already attached.*busy"):
        b.attach_xdp(net.here, xdp, BPF.XDP_FLAGS_UPDATE_IF_NOEXIST)
    with pytest.raises(Exception, match="Failed to attach BPF to device here.*same time.*File exists"):
        b.attach_xdp(net.here, xdp, BPF.XDP_FLAGS_SKB_MODE)
    for call in (lambda: b.attach_xdp(net.here, 5), lambda: b.attach_raw_socket(5, net.here),
                 lambda: b.attach_func(5, 1, 2), lambda: b.detach_func(5, 1, 2)):
        with pytest.raises(Exception, match="arg 1 must be of type BPF.Function"):
            call()
    with pytest.raises(Exception, match="Failed to attach BPF function with attach_type 5: .*Invalid argument"):
        b.attach_func(filter_, 999, BPFAttachType.SK_SKB_STREAM_VERDICT)
    with pytest.raises(Exception, match="Failed to attach BPF function with attach_type 5: .*Bad file descriptor"):
        b.attach_func(judge, 999, BPFAttachType.SK_SKB_STREAM_VERDICT)
    with pytest.raises(Exception, match="Failed to detach BPF function with attach_type 5: .*Bad file descriptor"):
        b.detach_func(judge, 999, BPFAttachType.SK_SKB_STREAM_VERDICT)


TC = """
int f(struct __sk_buff *skb) {
  u8 *cursor = 0;
  struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
  if (!count_if(ethernet->type == 0x88b5, 0)) return TC_ACT_OK;
  ethernet->src += 1;
  return load_byte(skb, 14) == 'd' ? TC_ACT_SHOT : TC_ACT_OK;
}
"""


@pytest.mark.needs("tc_bpf")
def test_traffic_control_changes_and_drops(net, load):
    from pyroute2 import IPRoute
    b = load(TC)
    function = b.load_func("f", BPF.SCHED_CLS)
    with IPRoute() as route, net.listener(net.here) as arriving:
        index = route.link_lookup(ifname=net.there)[0]
        route.tc("add", "clsact", index)
        route.tc("add-filter", "bpf", index, ":1", fd=function.fd, name=function.name, parent="ffff:fff3", classid=1,
                 direct_action=True)
        net.send(1, b"a")
        for _ in range(2):
            with pytest.raises(OSError):
                net.send(1, b"d")
        net.send(1, b"b")
        seen = [arriving.recv(100) for _ in range(2)]
        assert [(data[6:12].hex(), data[14:15]) for data in seen] == [("02000000000c", b"a"), ("02000000000c", b"b")]
        assert hits(b) == 4
        assert EXPERIMENTAL == int.from_bytes(seen[0][12:14], "big")


SOCKETS = """
struct {
  __uint(type, BPF_MAP_TYPE_SOCKMAP); __uint(max_entries, 2); __type(key, u32); __type(value, int);
} sockets SEC(".maps");
int parse(struct __sk_buff *skb) { count_if(1, 0); return skb->len; }
int judge(struct __sk_buff *skb) { count_if(1, 1); return load(skb) == 'd' ? SK_DROP : SK_PASS; }
int message(struct sk_msg_md *msg) {
  void *data = msg->data, *end = msg->data_end;
  if (data + 1 > end) return SK_PASS;
  count_if(1, 2);
  return *(char *)data == 'D' ? SK_DROP : SK_PASS;
}
"""
FIRST_BYTE = "static char load(struct __sk_buff *skb) { char c = 0; bpf_skb_load_bytes(skb, 0, &c, 1); return c; }\n"


def connected():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        theirs.settimeout(30)
        return ours, theirs


def test_sockets_in_a_map(net, load):
    b = load(FIRST_BYTE + SOCKETS)
    sockets = b._session.map("sockets")
    parse, judge = b.load_func("parse", BPF.SK_SKB), b.load_func("judge", BPF.SK_SKB)
    message = b.load_func("message", BPF.SK_MSG)
    attached = [(parse, BPFAttachType.SK_SKB_STREAM_PARSER), (judge, BPFAttachType.SK_SKB_STREAM_VERDICT),
                (message, BPFAttachType.SK_MSG_VERDICT)]
    for function, where in attached:
        assert b.attach_func(function, sockets.fd, where) is None
    ours, theirs = connected()
    with ours, theirs:
        for index, each in enumerate((ours, theirs)):
            sockets.update(struct.pack("I", index), struct.pack("i", each.fileno()), 0)
        for sent in (b"one", b"drop", b"two"):
            ours.send(sent)
            if sent != b"drop":
                assert theirs.recv(100) == sent
        wait_for(lambda: (hits(b, 0), hits(b, 1)) == (3, 3))
        with pytest.raises(PermissionError):
            ours.send(b"Drop")
        assert hits(b, 2) == 4
    for function, where in attached:
        assert b.detach_func(function, sockets.fd, where) is None
    with pytest.raises(Exception, match="Failed to detach BPF function with attach_type 7"):
        b.detach_func(message, sockets.fd, BPFAttachType.SK_MSG_VERDICT)
