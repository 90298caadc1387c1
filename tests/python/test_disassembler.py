"""Instructions and layouts of tables as text."""
import re
import struct

import pytest
from bcc import BPF, decode_map, disassemble_prog
from bcc.disassembler import BPFDecoder, BPFInstr, MapDecoder, disassemble_instruction, disassemble_str


def instruction(opcode, dst=0, src=0, offset=0, imm=0):
    return struct.pack("<BBhi", opcode, src << 4 | dst, offset, imm)


@pytest.mark.parametrize("code, text", [
    (instruction(0xb7, 1), "r1 = 0"),
    (instruction(0x07, 3, imm=3008), "r3 += 3008"),
    (instruction(0x17, 3, imm=-5), "r3 -= -5"),
    (instruction(0x47, 3, imm=-5), "r3 |= 0xfffffffb"),
    (instruction(0xc7, 3, imm=32), "r3 s>>= 32"),
    (instruction(0xbf, 3, 4), "r3 = r4"),
    (instruction(0x1c, 3, 4), "r3 -= r4"),
    (instruction(0x87, 3), "r3 = -r3"),
    (instruction(0xdc, 3, imm=16), "r3 = be16 r3"),
    (instruction(0xd4, 3, imm=64), "r3 = le64 r3"),
    (instruction(0xd7, 3, imm=32), "r3 = bswap32 r3"),
    (instruction(0x79, 1, 2, 8), "r1 = *(u64*)(r2 +8)"),
    (instruction(0x91, 1, 2, 8), "r1 = *(s8*)(r2 +8)"),
    (instruction(0x73, 10, 1, -1), "*(u8*)(r10 -1) = r1"),
    (instruction(0x6a, 10, 0, -8, 7), "*(u16*)(r10 -8) = 7"),
    (instruction(0x28, imm=12), "r0 = *(u16*)skb[12]"),
    (instruction(0x50, src=2, imm=5), "r0 = *(u8*)skb[r2 +5]"),
    (instruction(0xdb, 1, 2, 8), "lock *(u64*)(r1 +8) += r2"),
    (instruction(0xc3, 1, 2, 8, 0x01), "r2 = atomic_fetch_add((u32*)(r1 +8), r2)"),
    (instruction(0xdb, 1, 2, 8, 0xe1), "r2 = xchg((u64*)(r1 +8), r2)"),
    (instruction(0xdb, 1, 2, 8, 0xf1), "r0 = cmpxchg((u64*)(r1 +8), r0, r2)"),
    (instruction(0x05, offset=1), "goto +1 <5>"),
    (instruction(0x15, 1, 0, 2, 0), "if r1 == 0 goto pc+2 <6>"),
    (instruction(0xcd, 1, 2, -3), "if r1 s< r2 goto pc-3 <1>"),
    (instruction(0x16, 1, 0, 2, -1), "if (u32)r1 == -1 goto pc+2 <6>"),
    (instruction(0x85, imm=4), "call bpf_probe_read#4"),
    (instruction(0x85, imm=92), "call bpf_rc_pointer_rel#92"),
    (instruction(0x85, imm=130), "call bpf_ringbuf_output#130"),
    (instruction(0x85, imm=211), "call bpf_cgrp_storage_delete#211"),
    (instruction(0x85, imm=999), "call <unknown helper #999>"),
    (instruction(0x85, src=1, imm=-5), "call -5"),
    (instruction(0x95), "exit"),
    (instruction(0x18, 1, 1, imm=3), "r1 = <map at fd #3>"),
    (instruction(0x08), "<unknown opcode 0x08>"),
])
def test_forms(code, text):
    assert disassemble_str(instruction(0x95) * 3 + code)[-1] == "   3: (%02x) %s" % (code[0], text)
    assert disassemble_instruction(3, BPFInstr(code))[0].endswith(text)


def test_every_opcode_has_a_text():
    for opcode in range(256):
        for imm in (0, 1, -1):
            text, skip = BPFDecoder.decode(0, BPFInstr(instruction(opcode, 1, 0, 2, imm)), None)
            assert text and skip == (opcode == 0x18)


def test_wide_constants_take_two_places():
    code = instruction(0x18, 1, imm=-1) + instruction(0, imm=0x1234) + instruction(0x95)
    assert disassemble_prog(b"f", code) == ("Disassemble of BPF program b'f':\n"
                                            "   0: (18) r1 = 0x1234ffffffff\n"
                                            "   1:      (64-bit upper word)\n"
                                            "   2: (95) exit")
    assert disassemble_str(b"") == [] and disassemble_str(b"short") == []
    assert disassemble_str(instruction(0x18, 1, imm=7)) == ["   0: (18) r1 = 0x7"]


TABLES = """
struct key { u32 pid; u64 ts; char comm[16]; };
struct inner { u32 a; u8 b[3]; };
struct value { short s; bool t; struct inner in; union { u64 x; char y[4]; } u; u32 m[2][3]; u32 low:3; u32 high:5; };
BPF_HASH(keyed, struct key, struct value);
BPF_ARRAY(numbers, u64, 3);
BPF_QUEUE(waiting, u32, 10);
int f(void *ctx) { bpf_trace_printk("x"); return 0; }
"""

KEYED = """\
  struct {
    unsigned int pid;
    char[4] __pad_1;
    unsigned long long ts;
    char[16] comm;
  } key;
  struct {
    short s;
    _Bool t;
    char[1] __pad_2;
    struct {
      unsigned int a;
      unsigned char[3] b;
      char[1] __pad_end;
    } in;
    char[4] __pad_3;
    union {
      unsigned long long x;
      char[4] y;
    } u;
    unsigned int[3][2] m;
    unsigned int low:3;
    unsigned int high:5;
    char[8] __pad_end;
  } value;"""


def test_layouts_of_tables():
    with BPF(text=TABLES) as b:
        title, _, layout = b.decode_table("keyed").partition("\n")
        assert title == "Layout of BPF map keyed (type HASH, FD %d, ID %d):" % (b["keyed"].map_fd, b["keyed"].map_id)
        assert layout == KEYED
        sizes = b.decode_table(b"keyed", sizeinfo=True)
        assert "    [8 +8] unsigned long long ts;\n" in sizes and "    [24 +8] union {\n" not in sizes
        assert "    [16 +8] union {\n" in sizes and "    [48,3 +5 bit] unsigned int high:5;\n" in sizes
        assert b.decode_table("numbers").split("\n")[1:] == ["  int key;", "  unsigned long long value;"]
        assert b.decode_table("waiting").split("\n")[1:] == ["  unsigned int value;"]
        assert decode_map("x", b["numbers"], b["numbers"].ttype).startswith("Layout of BPF map x (type ARRAY, FD ")
        assert MapDecoder.get_ct_name(b["keyed"].Key) == "struct key"
        with pytest.raises(KeyError):
            b.decode_table("nothing")


def test_programs():
    with BPF(text=TABLES) as b:
        lines = b.disassemble_func("f").split("\n")
        assert lines[0] == "Disassemble of BPF program b'f':" and lines[-1].endswith("(95) exit")
        assert any("call bpf_trace_printk#6" in line for line in lines)
        assert all(re.match(r" *\d+: (\([0-9a-f]{2}\)|    ) ", line) for line in lines[1:])
        with pytest.raises(Exception, match="^Unknown program g$"):
            b.disassemble_func("g")
        with pytest.raises(Exception, match="^Unknown program g$"):
            b.dump_func("g")
