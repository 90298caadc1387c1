"""Programs on cgroups, each kind with exact counts, in a cgroup of the test's own."""
import os
import socket

import pytest
from bcc import BPF, BPFAttachType, BPFProgType

COUNT = "BPF_ARRAY(hits, u64, 4);\nstatic int count(int slot) { hits.atomic_increment(slot); return 1; }\n"


@pytest.fixture
def attached(cgroup):
    """attached(text, program type, attach type) attaches the program f to the cgroup."""
    made = []

    def attach(text, kind, attach_type):
        b = BPF(text=COUNT + text)
        function = b.load_func("f", kind, None, attach_type)
        assert BPF.attach_func(function, cgroup, attach_type) is None
        made.append((b, function, attach_type))
        return b
    yield attach
    for b, function, attach_type in made:
        assert BPF.detach_func(function, cgroup, attach_type) is None
        with pytest.raises(Exception, match="Failed to detach BPF function with attach_type"):
            BPF.detach_func(function, cgroup, attach_type)
        b.cleanup()


def hits(b, slot=0):
    return b["hits"][slot].value


def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def test_packets_that_leave_and_come(attached):
    text = "int f(struct __sk_buff *skb) { return skb->len == 28 + 77 ? (count(0), 1) : skb->len != 28 + 78; }"
    leaving = attached(text, BPF.CGROUP_SKB, BPFAttachType.CGROUP_INET_EGRESS)
    coming = attached(text, BPF.CGROUP_SKB, BPFAttachType.CGROUP_INET_INGRESS)
    with udp() as sender, udp() as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(60)
        for _ in range(9):
            sender.sendto(b"x" * 77, receiver.getsockname())
            assert len(receiver.recv(100)) == 77
        with pytest.raises(PermissionError):
            sender.sendto(b"x" * 78, receiver.getsockname())
    assert (hits(leaving), hits(coming)) == (9, 9)


def test_sockets_that_are_made(attached):
    b = attached("int f(struct bpf_sock *sk) { count(0); return sk->type != SOCK_DGRAM; }", BPF.CGROUP_SOCK,
                 BPFAttachType.CGROUP_INET_SOCK_CREATE)
    for _ in range(4):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    with pytest.raises(PermissionError):
        udp()
    assert hits(b) == 5


def test_connections_go_elsewhere(attached):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        b = attached("""int f(struct bpf_sock_addr *ctx) {
            if (ctx->user_port != bpf_htons(9)) return 1;
            ctx->user_port = bpf_htons(%d);
            return count(0);
        }""" % port, BPFProgType.CGROUP_SOCK_ADDR, BPFAttachType.CGROUP_INET4_CONNECT)
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", 9)) as client:
                assert client.getpeername()[1] == port
                server.accept()[0].close()
    assert hits(b) == 3


def test_options_of_sockets(attached):
    b = attached("int f(struct bpf_sockopt *ctx) "
                 "{ if (ctx->optname != 7) return 1; count(0); ctx->retval = 0; return 0; }",
                 BPFProgType.CGROUP_SOCKOPT, BPFAttachType.CGROUP_GETSOCKOPT)
    with udp() as asked:
        assert asked.getsockopt(socket.SOL_SOCKET, 8) > 0
        for _ in range(2):
            with pytest.raises(PermissionError):
                asked.getsockopt(socket.SOL_SOCKET, 7)
    assert hits(b) == 2


def test_devices(attached):
    b = attached("int f(struct bpf_cgroup_dev_ctx *ctx) "
                 "{ if (ctx->major != 1 || ctx->minor != 7) return 1; count(0); return 0; }",
                 BPF.CGROUP_DEVICE, BPFAttachType.CGROUP_DEVICE)
    open("/dev/null").close()
    for _ in range(3):
        with pytest.raises(PermissionError):
            open("/dev/full")
    assert hits(b) == 3


def test_what_sockets_do(attached):
    b = attached("""int f(struct bpf_sock_ops *ops) {
        if (ops->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB) count(0);
        if (ops->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) count(1);
        return 1;
    }""", BPF.SOCK_OPS, BPFAttachType.CGROUP_SOCK_OPS)
    with socket.create_server(("127.0.0.1", 0)) as server:
        for _ in range(6):
            with socket.create_connection(server.getsockname()):
                server.accept()[0].close()
    assert (hits(b, 0), hits(b, 1)) == (6, 6)
