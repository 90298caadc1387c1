"""Maps of sockets, and storages of sockets, cgroups, tasks and inodes: filled by programs that are attached to a cgroup
or a map."""
import ctypes as ct
import os
import socket

import pytest
from bcc import BPF, BPFAttachType


class Pair:
    """Two ends of a TCP connection over loopback."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.client = socket.create_connection(server.getsockname())
            self.server, _ = server.accept()
        for each in (self.client, self.server):
            each.settimeout(30)
        return self

    def __exit__(self, *exception):
        self.client.close()
        self.server.close()


def attach(b, name, kind, target, where):
    function = b.load_func(name, kind)
    b.attach_func(function, target, where)
    return function


def test_messages_go_from_socket_to_socket_by_index(tables):
    b = tables("""BPF_SOCKMAP(sockets, 2);
        int to_self(struct sk_msg_md *msg) { return sockets.msg_redirect_map(msg, 0, BPF_F_INGRESS); }""")
    function = attach(b, "to_self", BPF.SK_MSG, b["sockets"].get_fd(), BPFAttachType.SK_MSG_VERDICT)
    with Pair() as pair:
        b["sockets"][0] = pair.client.fileno()
        b["sockets"][ct.c_uint(1)] = ct.c_int(pair.server.fileno())
        pair.client.send(b"back to me")
        assert pair.client.recv(100) == b"back to me"
        pair.server.send(b"as usual")
        assert pair.client.recv(100) == b"as usual"
        del b["sockets"][1]
        with pytest.raises(KeyError):  # sockets are the program's to see
            b["sockets"][0]
    b.detach_func(function, b["sockets"].get_fd(), BPFAttachType.SK_MSG_VERDICT)


def test_programs_collect_sockets_by_key(tables, cgroup):
    b = tables("""BPF_SOCKHASH(sockets, u32, 64); BPF_ARRAY(updates, u64, 1);
        int collect(struct bpf_sock_ops *ops) {
            u32 port = ops->local_port;
            if (ops->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB) return 0;
            if (sockets.sock_hash_update(ops, &port, BPF_ANY) == 0) updates.increment(0);
            return 0;
        }
        int to_self(struct sk_msg_md *msg) {
            u32 port = msg->local_port; return sockets.msg_redirect_hash(msg, &port, BPF_F_INGRESS); }""")
    collecting = attach(b, "collect", BPF.SOCK_OPS, cgroup, BPFAttachType.CGROUP_SOCK_OPS)
    message = attach(b, "to_self", BPF.SK_MSG, b["sockets"].get_fd(), BPFAttachType.SK_MSG_VERDICT)
    with Pair() as pair:
        assert b["updates"][0].value == 1
        assert [key.value for key in b["sockets"]] == [pair.client.getsockname()[1]] and len(b["sockets"]) == 1
        pair.client.send(b"back to me")
        assert pair.client.recv(100) == b"back to me"
    b.detach_func(message, b["sockets"].get_fd(), BPFAttachType.SK_MSG_VERDICT)
    b.detach_func(collecting, cgroup, BPFAttachType.CGROUP_SOCK_OPS)


STORAGES = """
BPF_CGROUP_STORAGE(all, u64);
BPF_PERCPU_CGROUP_STORAGE(each, u64);
BPF_SK_STORAGE(sockets, u64);
int count(struct __sk_buff *skb) {
    if (skb->protocol != bpf_htons(ETH_P_IP) || !skb->sk) return 1;
    struct bpf_sock *socket = bpf_sk_fullsock(skb->sk);
    if (!socket || socket->protocol != IPPROTO_UDP) return 1;
    u64 *bytes = all.get_local_storage(0), *mine = each.get_local_storage(0);
    __sync_fetch_and_add(bytes, skb->len);
    *mine += 1;
    u64 *seen = sockets.sk_storage_get(socket, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (seen) *seen += 1;
    return 1;
}
"""


def test_storages_of_cgroups_and_sockets(tables, cgroup):
    b = tables(STORAGES)
    function = attach(b, "count", BPF.CGROUP_SKB, cgroup, BPFAttachType.CGROUP_INET_EGRESS)
    with (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to,
          socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender):
        to.bind(("127.0.0.1", 0))
        for _ in range(7):
            sender.sendto(bytes(100), to.getsockname())
        key = b["all"].Key(os.fstat(cgroup).st_ino, BPFAttachType.CGROUP_INET_EGRESS)
        assert b["all"][key].value == 7 * 128  # with the headers of IP and UDP
        assert b["each"].sum(key).value == 7 and len(b["all"]) == 1
        assert b["sockets"][sender.fileno()].value == 7
        del b["sockets"][sender.fileno()]
        with pytest.raises(KeyError):
            b["sockets"][sender.fileno()]
        b["all"][key] = 5
        sender.sendto(b"", to.getsockname())
        assert b["all"][key].value == 5 + 28
    b.detach_func(function, cgroup, BPFAttachType.CGROUP_INET_EGRESS)


def test_packets_to_other_cpus(tables):
    b = tables("BPF_CPUMAP(cpus, 2); int to(struct xdp_md *ctx) { return cpus.redirect_map(0, XDP_PASS); }")
    b["cpus"][0] = 192
    assert b["cpus"][0].value == 192 and [key.value for key, _ in b["cpus"].items()] == [0]
    del b["cpus"][0]
    with pytest.raises(KeyError):
        b["cpus"][0]


@pytest.mark.needs("lsm")
def test_inode_storage(tables, tmp_path):
    b = tables("""BPF_INODE_STORAGE(inodes, u64);
        LSM_PROBE(file_open, struct file *file, int ret) {
            u64 *count = inodes.inode_storage_get(file->f_inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
            if (count) __sync_fetch_and_add(count, 1);
            return 0;
        }""")
    path = tmp_path / "opened"
    path.write_text("")
    fd = os.open(path, os.O_RDONLY)
    before = b["inodes"][fd].value
    for _ in range(5):
        path.read_text()
    assert b["inodes"][fd].value == before + 5
    del b["inodes"][fd]
    os.close(fd)
