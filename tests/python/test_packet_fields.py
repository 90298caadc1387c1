"""Fields of packet headers: what programs read and write, against a model that knows only bits on the wire."""
import ctypes as ct
import os
import random

import pytest
from bcc import BPF
from program_run import run_program

# In the order of the wire, with widths in bits: what the dialect's specification says.
HEADERS = {
    "ethernet_t": "dst:48 src:48 type:16",
    "dot1q_t": "pri:3 cfi:1 vlanid:12 type:16",
    "arp_t": "htype:16 ptype:16 hlen:8 plen:8 oper:16 sha:48 spa:32 tha:48 tpa:32",
    "ip_t": "ver:4 hlen:4 tos:8 tlen:16 identification:16 ffo_unused:1 df:1 mf:1 foffset:13 ttl:8 nextp:8 hchecksum:16 "
            "src:32 dst:32",
    "icmp_t": "type:8 code:8 checksum:16",
    "ip6_t": "ver:4 priority:8 flow_label:20 payload_len:16 next_header:8 hop_limit:8 src_hi:64 src_lo:64 dst_hi:64 "
             "dst_lo:64",
    "ip6_opt_t": "next_header:8 ext_len:8 pad[0]:8 pad[1]:8 pad[2]:8 pad[3]:8 pad[4]:8 pad[5]:8",
    "icmp6_t": "type:8 code:8 checksum:16",
    "udp_t": "sport:16 dport:16 length:16 crc:16",
    "tcp_t": "src_port:16 dst_port:16 seq_num:32 ack_num:32 offset:4 reserved:4 flag_cwr:1 flag_ece:1 flag_urg:1 "
             "flag_ack:1 flag_psh:1 flag_rst:1 flag_syn:1 flag_fin:1 rcv_wnd:16 cksum:16 urg_ptr:16",
    "vxlan_t": "rsv1:4 iflag:1 rsv2:3 rsv3:24 key:24 rsv4:8",
    "vxlan_gbp_t": "gflag:1 rsv1:3 iflag:1 rsv2:3 rsv3:1 dflag:1 rsv4:1 aflag:1 rsv5:3 tag:16 key:24 rsv6:8",
}
# Widths and offsets that no header of bcc/proto.h has: across 9 bytes, of 1 to 64 bits.
OWN_HEADER = """
struct own_t {
  u64 a:3; u64 b:50; u64 c:64; u64 d:5; u32 e:17; u16 f:7; u8 g:1; u64 h:41; u64 i:57; u64 j:64; u64 k:63; u8 l:4;
} BPF_PACKET_HEADER;
"""
OWN_FIELDS = "a:3 b:50 c:64 d:5 e:17 f:7 g:1 h:41 i:57 j:64 k:63 l:4"
BEFORE = 14  # bytes of something else


class Wire:
    """A packet as one number, highest bit first."""

    def __init__(self, data):
        self.size, self.value = 8 * len(data), int.from_bytes(data, "big")

    def get(self, first, bits):
        return self.value >> (self.size - first - bits) & ((1 << bits) - 1)

    def put(self, first, bits, value):
        shift, mask = self.size - first - bits, (1 << bits) - 1
        self.value = self.value & ~(mask << shift) | (value & mask) << shift

    def data(self):
        return self.value.to_bytes(self.size // 8, "big")


def fields_of(text):
    """(name, first bit, bits)"""
    first = 0
    for field in text.split():
        name, bits = field.split(":")
        yield name, first, int(bits)
        first += int(bits)


def noise(size, seed):
    return random.Random(seed).randbytes(size)


@pytest.fixture
def load():
    made = []

    def make(body, declarations=""):
        made.append(BPF(text="#include <bcc/proto.h>\n" + declarations + "BPF_ARRAY(out, u64, 64);\n"
                        "int program(struct __sk_buff *skb) { u8 *cursor = 0; cursor_advance(cursor, %d);\n%s\n"
                        "return 0; }" % (BEFORE, body)))
        return made[-1], made[-1].load_func("program", BPF.SCHED_CLS).fd
    yield make
    for each in made:
        each.cleanup()


ALL = [*HEADERS.items(), ("own_t", OWN_FIELDS)]


@pytest.mark.parametrize("header,fields", ALL, ids=[name for name, _ in ALL])
def test_every_field_is_read(load, header, fields):
    fields = list(fields_of(fields))
    size = (sum(bits for _, _, bits in fields) + 7) // 8
    reads = "\n".join("{ u32 i = %d; u64 v = p->%s; out.update(&i, &v); }" % (i, name)
                      for i, (name, _, _) in enumerate(fields))
    b, fd = load("struct %s *p = cursor_advance(cursor, sizeof(*p));\n%s" % (header, reads), OWN_HEADER)
    for seed in range(3):
        packet = noise(BEFORE + size, seed)  # ends with the header: nothing behind it can be read
        run_program(fd, packet)
        wire = Wire(packet[BEFORE:])
        expected = {name: wire.get(first, bits) for name, first, bits in fields}
        assert {name: b["out"][i].value for i, (name, _, _) in enumerate(fields)} == expected


@pytest.mark.parametrize("header,fields", ALL, ids=[name for name, _ in ALL])
def test_every_field_is_written(load, header, fields):
    fields = list(fields_of(fields))
    size = (sum(bits for _, _, bits in fields) + 7) // 8
    for which in range(2):  # every other field, so that neighbours are seen to stay
        written = [(i, *field) for i, field in enumerate(fields) if i % 2 == which]
        _, fd = load("struct %s *p = cursor_advance(cursor, sizeof(*p));\n%s" % (header, "\n".join(
            "p->%s = %dULL;" % (name, (i + 1) * 0x9E3779B97F4A7C15 % 2**64) for i, name, _, _ in written)), OWN_HEADER)
        for seed in range(2):
            packet = noise(BEFORE + size, seed)
            wire = Wire(packet[BEFORE:])
            for i, _, first, bits in written:
                wire.put(first, bits, (i + 1) * 0x9E3779B97F4A7C15)
            returned, after = run_program(fd, packet)
            assert (returned, after) == (0, packet[:BEFORE] + wire.data())


def ip_packet(**values):
    wire = Wire(noise(BEFORE + 20, 9))
    for name, first, bits in fields_of(HEADERS["ip_t"]):
        if name in values:
            wire.put(8 * BEFORE + first, bits, values[name])
    return wire.data()


def ip_field(packet, wanted):
    fields = fields_of(HEADERS["ip_t"])
    return next(Wire(packet[BEFORE:]).get(first, bits) for name, first, bits in fields if name == wanted)


# statement, the field and what it held, what it then holds, what `v` is
STATEMENTS = [
    ("v = ip->ttl -= 1;", "ttl", 64, 63, 63),
    ("v = ip->ttl += 200;", "ttl", 64, 8, 8),
    ("v = ip->ttl++;", "ttl", 255, 0, 255),
    ("v = ++ip->ttl;", "ttl", 255, 0, 0),
    ("v = ip->ttl--;", "ttl", 0, 255, 0),
    ("v = --ip->ttl;", "ttl", 0, 255, 255),
    ("v = ip->foffset *= 3;", "foffset", 4000, 12000 % 8192, 12000 % 8192),
    ("v = ip->foffset /= 7;", "foffset", 8191, 1170, 1170),
    ("v = ip->tos %= 7;", "tos", 250, 5, 5),
    ("v = ip->hlen <<= 2;", "hlen", 7, 12, 12),
    ("v = ip->src >>= 8;", "src", 0x80FF0102, 0x80FF01, 0x80FF01),
    ("v = ip->src &= 0xffff;", "src", 0x80FF0102, 0x0102, 0x0102),
    ("v = ip->src |= 0xf0;", "src", 0x80FF0102, 0x80FF01F2, 0x80FF01F2),
    ("v = ip->df ^= 1;", "df", 1, 0, 0),
    ("v = (ip)->df = 3;", "df", 0, 1, 1),
    ("v = (*ip).tlen = 7;", "tlen", 0, 7, 7),
    ("v = ip[0].tlen - 9;", "tlen", 7, 7, 2**64 - 2),
    ("v = ip->tlen ?: 5;", "tlen", 0, 0, 5),
    ("v = ip->tlen ? ip->tlen : 5;", "tlen", 6, 6, 6),
    ("v = TTL_OF(ip);", "ttl", 61, 61, 61),
    ("v = DECREMENT(ip->ttl);", "ttl", 61, 60, 60),
    ("SET(ip, ttl, SOME);", "ttl", 1, 33, 0),
    ("v = helper(ip);", "ttl", 9, 10, 10),
    ("struct ip_t *q = ip; for (int i = 0; i < 3; i++) q->ttl += i; v = 1;", "ttl", 9, 12, 1),
    ("u64 a[2] = {ip->ttl, ip->ttl + 1}; v = a[0] << 8 | a[1];", "ttl", 9, 9, 9 << 8 | 10),
    ("v = ({ u8 t = ip->ttl; t; }) + sizeof(ip->ttl);", "ttl", 9, 9, 10),
    ("v = (u64)&ip->hchecksum;", "ttl", 9, 9, BEFORE + 10),
    ("v = load_byte(skb, (u64)&ip->ttl);", "ttl", 77, 77, 77),
    ("v = load_half(skb, 16) - ip->tlen;", "tlen", 1000, 1000, 0),
    ("v = load_word(skb, 26) - ip->src;", "src", 5, 5, 0),
    ("v = load_dword(skb, 26) >> 32;", "src", 0x01020304, 0x01020304, 0x01020304),
    ("v = bpf_dext_pkt(skb, (u64)ip + 6, 3, 13);", "foffset", 4321, 4321, 4321),
    ("bpf_dins_pkt(skb, (u64)ip + 6, 3, 13, 8191);", "foffset", 0, 8191, 0),
]
MACROS = """
#define TTL_OF(p) ((p)->ttl)
#define DECREMENT(field) (--(field))
#define SET(p, field, value) p->field = value
#define SOME 33
static int helper(struct ip_t *p) { p->ttl++; return p->ttl; }
"""


@pytest.mark.parametrize("statement,field,before,after,value", STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_what_a_statement_does(load, statement, field, before, after, value):
    b, fd = load("struct ip_t *ip = cursor_advance(cursor, sizeof(*ip)); u64 v = 0; u32 i = 0;\n%s\nout.update(&i, &v);"
                 % statement, MACROS)
    returned, packet = run_program(fd, ip_packet(**{field: before}))
    assert returned == 0
    assert (ip_field(packet, field), b["out"][0].value) == (after, value)
    assert packet == ip_packet(**{field: after})


def test_the_program_ends_with_0_behind_the_packet(load):
    b, fd = load("struct ip_t *ip = cursor_advance(cursor, sizeof(*ip)); u32 i = 0; u64 v = 1; out.update(&i, &v);\n"
                 "v = 2 + (ip->dst == 5); out.update(&i, &v); return 7;")
    assert run_program(fd, ip_packet(dst=1))[0] == 7 and b["out"][0].value == 2
    assert run_program(fd, ip_packet(dst=1)[:-1])[0] == 0 and b["out"][0].value == 1


def test_signed_and_nested_fields_of_own_headers(load):
    declarations = """
    struct inner { u16 x; s8 list[3]; } __attribute__((packed));
    struct outer { int a:5; s64 b:59; struct inner in[2]; bool flag; } BPF_PACKET_HEADER;
    struct older { u16 port; } __attribute__((packed)) __attribute__((deprecated("packet")));
    """
    body = """
    struct outer *p = cursor_advance(cursor, sizeof(*p));
    struct older *q = cursor_advance(cursor, sizeof(*q));
    u64 values[] = {p->a, p->b, p->in[1].x, p->in[1].list[2], p->flag, q->port, p->in[load_byte(skb, 0)].x};
    for (u32 i = 0; i < 7; i++) out.update(&i, &values[i]);
    p->in[load_byte(skb, 0)].list[1] = -3; p->flag = 8; p->a = -2;
    """
    b, fd = load(body, declarations)
    wire = Wire(bytes(BEFORE + 8 + 10 + 1 + 2))
    start = 8 * BEFORE
    values = [(0, 8, 1), (start, 5, -3), (start + 5, 59, -4), (start + 64 + 40, 16, 0xBEEF), (start + 64 + 72, 8, -5),
              (start + 144, 8, 1), (start + 152, 16, 443)]
    for first, bits, value in values:
        wire.put(first, bits, value)
    _, after = run_program(fd, wire.data())
    got = [ct.c_int64(b["out"][i].value).value for i in range(7)]
    assert got == [-3, -4, 0xBEEF, -5, 1, 443, 0xBEEF]
    wire.put(start + 64 + 40 + 24, 8, -3)
    wire.put(start + 144, 8, 1)
    wire.put(start, 5, -2)
    assert after == wire.data()


def checksum(data):
    total = sum(int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def test_checksums_are_kept_right(load):
    _, fd = load("""
    struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
    struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));
    u32 old = ip->src, new = 0x0A0B0C0D;
    u16 old_port = udp->dport, new_port = 9999;
    ip->src = new;
    incr_cksum_l3(&ip->hchecksum, old, new);
    udp->dport = new_port;
    incr_cksum_l4(&udp->crc, old_port, new_port, 0);
    incr_cksum_l4(&udp->crc, old, new, 1);
    """)
    wire = Wire(bytes(BEFORE) + bytes(20) + bytes(8) + noise(12, 1))
    wire.put(8 * 12, 16, 0x0800)
    ip, udp = 8 * BEFORE, 8 * (BEFORE + 20)
    for first, bits, value in ((ip, 8, 0x45), (ip + 16, 16, 40), (ip + 64, 8, 64), (ip + 72, 8, 17),
                               (ip + 96, 32, 0x01020304), (ip + 128, 32, 0x05060708), (udp, 16, 1111),
                               (udp + 16, 16, 2222), (udp + 32, 16, 20)):
        wire.put(first, bits, value)

    def sums(packet):
        pseudo = packet[BEFORE + 12:BEFORE + 20] + bytes([0, 17]) + packet[BEFORE + 24:BEFORE + 26]
        return checksum(packet[BEFORE:BEFORE + 20]), checksum(pseudo + packet[BEFORE + 20:])
    header, datagram = sums(wire.data())
    wire.put(ip + 80, 16, header)
    wire.put(udp + 48, 16, datagram)
    assert sums(wire.data()) == (0, 0)
    _, after = run_program(fd, wire.data())
    assert after[BEFORE + 12:BEFORE + 16] == bytes([10, 11, 12, 13])
    assert after[BEFORE + 22:BEFORE + 24] == (9999).to_bytes(2, "big")
    assert sums(after) == (0, 0)


def test_pointers_into_the_kernel_are_read_in_a_program_on_packets(load):
    b, fd = load("""
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    u64 v = task->group_leader->pid; u32 i = 0;
    char name[8] = {};
    bpf_probe_read_str(name, sizeof(name), task->group_leader->comm);
    out.update(&i, &v); i = 1; v = name[0]; out.update(&i, &v);
    """)
    run_program(fd, bytes(64))
    with open("/proc/self/comm", "rb") as comm:
        assert [b["out"][0].value, b["out"][1].value] == [os.getpid(), comm.read()[0]]
