"""BPF instructions and the layout of tables as text."""
import ctypes as ct
import struct

from .ctype_names import str2ctype
from .helper_names import HELPERS
from .table.kinds import get_table_type_name
from .utils import text_of


class BPFInstr:
    """One instruction: struct bpf_insn, from the 8 bytes of it as a number or as they are."""

    def __init__(self, word):
        raw = word if isinstance(word, bytes) else struct.pack("<Q", word)
        self.instr = struct.unpack("<Q", raw)[0]
        self.opcode, registers, self.offset, self.imm = struct.unpack("<BBhi", raw)
        self.dst, self.src = registers & 15, registers >> 4
        self.immu = self.imm & 0xffffffff


class BPFDecoder:
    """From an instruction to its text. Operators are C's, with an s before those that compare or shift signed
    numbers."""

    BPF_PSEUDO_CALL = 1
    bpf_helpers = HELPERS

    _SIZES = {0x00: "u32", 0x08: "u16", 0x10: "u8", 0x18: "u64"}
    _SIGNED_SIZES = {0x00: "s32", 0x08: "s16", 0x10: "s8"}
    _ALU = {0x00: "+=", 0x10: "-=", 0x20: "*=", 0x30: "/=", 0x40: "|=", 0x50: "&=", 0x60: "<<=", 0x70: ">>=",
            0x90: "%=", 0xa0: "^=", 0xb0: "=", 0xc0: "s>>="}
    _BITWISE = {0x40, 0x50, 0xa0}
    _JUMPS = {0x10: "==", 0x20: ">", 0x30: ">=", 0x40: "&", 0x50: "!=", 0x60: "s>", 0x70: "s>=", 0xa0: "<", 0xb0: "<=",
              0xc0: "s<", 0xd0: "s<="}
    _ATOMIC = {0x00: "add", 0x40: "or", 0x50: "and", 0xa0: "xor"}
    _WIDE = {1: "<map at fd #%d>", 2: "<value of the map at fd #%d>", 3: "<variable #%d>", 4: "<code at #%d>",
             5: "<map at index #%d>", 6: "<value of the map at index #%d>"}

    @classmethod
    def decode(cls, i, w, w1):
        """(text, whether the next instruction is the second half of this one) of `w`, which is number `i`; `w1` is the
        next."""
        if w.opcode == 0x18:
            return cls._wide(w, w1), True
        by_class = (cls._load_packet, cls._load, cls._store, cls._store,
                    cls._compute, cls._jump, cls._jump, cls._compute)
        return by_class[w.opcode & 7](i, w) or "<unknown opcode 0x%02x>" % w.opcode, False

    @classmethod
    def _wide(cls, w, w1):
        if w.src in cls._WIDE:
            return "r%d = %s" % (w.dst, cls._WIDE[w.src] % w.imm)
        upper = w1.immu if w1 is not None else 0
        return "r%d = 0x%x" % (w.dst, upper << 32 | w.immu)

    @classmethod
    def _load_packet(cls, i, w):
        size, mode = cls._SIZES[w.opcode & 0x18], w.opcode & 0xe0
        if mode == 0x20:
            return "r0 = *(%s*)skb[%d]" % (size, w.imm)
        return "r0 = *(%s*)skb[r%d %+d]" % (size, w.src, w.imm) if mode == 0x40 else None

    @classmethod
    def _load(cls, i, w):
        sizes = {0x60: cls._SIZES, 0x80: cls._SIGNED_SIZES}.get(w.opcode & 0xe0, {})
        size = sizes.get(w.opcode & 0x18)
        return "r%d = *(%s*)(r%d %+d)" % (w.dst, size, w.src, w.offset) if size else None

    @classmethod
    def _store(cls, i, w):
        place = "(%s*)(r%d %+d)" % (cls._SIZES[w.opcode & 0x18], w.dst, w.offset)
        mode, from_register = w.opcode & 0xe0, w.opcode & 7 == 3
        if mode == 0x60:
            return "*%s = %s" % (place, "r%d" % w.src if from_register else "%d" % w.imm)
        return cls._atomic(w, place) if mode == 0xc0 and from_register else None

    @classmethod
    def _atomic(cls, w, place):
        if w.immu == 0xe1:
            return "r%d = xchg(%s, r%d)" % (w.src, place, w.src)
        if w.immu == 0xf1:
            return "r0 = cmpxchg(%s, r0, r%d)" % (place, w.src)
        operation = w.immu & ~1
        if operation not in cls._ATOMIC:
            return None
        if w.immu & 1:
            return "r%d = atomic_fetch_%s(%s, r%d)" % (w.src, cls._ATOMIC[operation], place, w.src)
        return "lock *%s %s r%d" % (place, cls._ALU[operation], w.src)

    @classmethod
    def _compute(cls, i, w):
        operation = w.opcode & 0xf0
        if operation == 0x80:
            return "r%d = -r%d" % (w.dst, w.dst)
        if operation == 0xd0:
            return cls._swap(w)
        if operation not in cls._ALU:
            return None
        if w.opcode & 8:
            value = "r%d" % w.src
        else:
            value = "0x%x" % w.immu if operation in cls._BITWISE else "%d" % w.imm
        return "r%d %s %s" % (w.dst, cls._ALU[operation], value)

    @staticmethod
    def _swap(w):
        order = "bswap" if w.opcode & 7 == 7 else "be" if w.opcode & 8 else "le"
        return "r%d = %s%d r%d" % (w.dst, order, w.imm, w.dst)

    @classmethod
    def _jump(cls, i, w):
        operation, is_32_bits = w.opcode & 0xf0, w.opcode & 7 == 6
        if w.opcode == 0x05 or w.opcode == 0x06:
            distance = w.imm if is_32_bits else w.offset
            return "goto %+d <%d>" % (distance, i + distance + 1)
        if w.opcode == 0x85:
            return cls._call(w)
        if w.opcode == 0x95:
            return "exit"
        if operation not in cls._JUMPS:
            return None
        value = ("r%d" % w.src if w.opcode & 8 else "%d" % w.imm)
        register = "(u32)r%d" % w.dst if is_32_bits else "r%d" % w.dst
        return "if %s %s %s goto pc%+d <%d>" % (register, cls._JUMPS[operation], value, w.offset, i + w.offset + 1)

    @classmethod
    def _call(cls, w):
        if w.src == cls.BPF_PSEUDO_CALL:
            return "call %+d" % w.imm
        if w.src == 2:
            return "call <kernel function #%d>" % w.imm
        if w.immu < len(HELPERS):
            return "call %s#%d" % (HELPERS[w.immu], w.immu)
        return "call <unknown helper #%d>" % w.immu


def disassemble_instruction(i, w0, w1=None):
    """(line, whether `w1` belongs to it) of the instruction `w0`, which is number `i`."""
    text, skip = BPFDecoder.decode(i, w0, w1)
    return "%4d: (%02x) %s" % (i, w0.opcode, text), skip


def disassemble_str(bpfstr):
    """Lines for the instructions in `bpfstr`; what is left of less than 8 bytes is not looked at."""
    words = [BPFInstr(bpfstr[at:at + 8]) for at in range(0, len(bpfstr) // 8 * 8, 8)]
    lines, is_second_half = [], False
    for i, word in enumerate(words):
        if is_second_half:
            lines.append("%4d:      (64-bit upper word)" % i)
            is_second_half = False
            continue
        line, is_second_half = disassemble_instruction(i, word, words[i + 1] if i + 1 < len(words) else None)
        lines.append(line)
    return lines


def disassemble_prog(func_name, bpfstr):
    return "\n".join(["Disassemble of BPF program %r:" % func_name] + disassemble_str(bpfstr))


class MapDecoder:
    """From a table's ctypes classes to C-like declarations, with each member's place: [offset +size]."""

    ctype2str = {cls: name for name, cls in str2ctype.items() if name not in ("long", "unsigned long")}

    @classmethod
    def get_ct_name(cls, t):
        if issubclass(t, ct.Array) and t not in cls.ctype2str:
            return "%s[%d]" % (cls.get_ct_name(t._type_), t._length_)
        if issubclass(t, (ct.Structure, ct.Union)):
            return "%s %s" % (_word_of(t), t.__name__)
        return cls.ctype2str.get(t, t.__name__)

    @classmethod
    def format_size_info(cls, offset, size, enabled=False, bitoffset=None):
        if not enabled:
            return ""
        return "[%d +%d] " % (offset, size) if bitoffset is None else "[%d,%d +%d bit] " % (offset, bitoffset, size)

    @classmethod
    def print_ct_map(cls, t, indent="", offset=0, sizeinfo=False):
        """A line for each member, in the order of their places."""
        lines = []
        for place, name, member, bits in _members(t):
            if bits:
                where = cls.format_size_info(offset + place // 8, bits, sizeinfo, place % 8)
                lines.append("%s%s%s %s:%d;" % (indent, where, cls.get_ct_name(member), name, bits))
            else:
                where = cls.format_size_info(offset + place // 8, ct.sizeof(member), sizeinfo)
                lines.append(indent + where + cls._declaration(member, name, indent, False, 0))
        return lines

    @classmethod
    def _declaration(cls, t, name, indent, sizeinfo, offset):
        if not issubclass(t, (ct.Structure, ct.Union)):
            return "%s %s;" % (cls.get_ct_name(t), name)
        return "\n".join(["%s {" % _word_of(t)] + cls.print_ct_map(t, indent + "  ", offset, sizeinfo) +
                         ["%s} %s;" % (indent, name)])

    @classmethod
    def print_map_ctype(cls, t, field_name, sizeinfo):
        return "  " + cls._declaration(t, field_name, "  ", sizeinfo, 0)

    @classmethod
    def decode_map(cls, map_name, map_obj, map_type, sizeinfo=False):
        lines = ["Layout of BPF map %s (type %s, FD %d, ID %d):"
                 % (text_of(map_name), get_table_type_name(map_type), map_obj.map_fd, map_obj.map_id)]
        lines += [cls.print_map_ctype(getattr(map_obj, part), name, sizeinfo)
                  for part, name in (("Key", "key"), ("Leaf", "value")) if ct.sizeof(getattr(map_obj, part))]
        return "\n".join(lines)


def _word_of(t):
    return "union" if issubclass(t, ct.Union) else "struct"


def _members(t):
    """(offset in bits, name, class, width in bits or 0); padding comes after the bit-fields that lie in it."""
    memory = getattr(t, "_memory_", t)
    members = [(getattr(memory, name).offset * 8, name, cls, 0) for name, cls in memory._fields_]

    def order(member):
        place, name, cls, _ = member
        return place + ct.sizeof(cls) * 8 - 1 if name.startswith("__pad_") else place
    return sorted(members + getattr(t, "_bit_fields_", []), key=order)


def decode_map(map_name, map_obj, map_type, sizeinfo=False):
    return MapDecoder.decode_map(map_name, map_obj, map_type, sizeinfo=sizeinfo)
