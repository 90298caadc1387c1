"""Random structs with padding, bit-fields, nesting and unions, and programs that fill them in every way that C has and
give them to every kind of map method.

The same seed gives the same programs. What each must yield is said by the machine's own C compiler, from a struct that
was zero before it was filled.
"""

import random
import subprocess
from dataclasses import dataclass, field

from reading import SYSCALL

INTEGERS = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"]
BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "s8": 8, "s16": 16, "s32": 32, "s64": 64}
LARGEST = 72  # bytes: several copies must fit on a BPF program's stack
DIRT = 0xA5

# How `k`, a struct of type T, gets the values that FILL(k) assigns; V is a list of initializers.
WAYS = {
    "assigned": "struct T k; FILL(k)",
    "designated": "struct T k = {V};",
    "literal": "struct T k; k = (struct T){V};",
    "literal_twice": "struct T k = {V}; k = bpf_ktime_get_ns() ? (struct T){V} : k;",
    "conditional": "struct T k; if (bpf_ktime_get_ns() & 1) { FILL(k) } else { FILL(k) }",
    "copied": "struct T j; FILL(j) struct T k = j;",
    "copied_later": "struct T j, k; FILL(j) k = j;",
    "chosen": "struct T i, j; FILL(i) FILL(j) struct T k = bpf_ktime_get_ns() & 1 ? i : j;",
    "returned": "struct T k = make_T();",
    "returned_later": "struct T k; k = make_T();",
    "through_a_pointer": "struct T k; fill_T(&k);",
    "element": "struct T a[2]; FILL(a[1]) struct T k = a[1];",
    "member": "struct { u8 before; struct T k; } w; FILL(w.k) struct T k = w.k;",
    "memcpy": "struct T j, k; FILL(j) __builtin_memcpy(&k, &j, sizeof(k));",
    "from_union": "union { u8 first; struct T k; } w; FILL(w.k) struct T k = w.k;",
}

# What is done with `k`; {m} is the map. Its content must be one key (or one value) of the expected bytes.
KEYS = {
    "increment": "{m}.increment(k);",
    "atomic_increment": "{m}.increment(k); {m}.atomic_increment(k, 2);",
    "update": "u64 one = 1; {m}.update(&k, &one);",
    "insert": "u64 one = 1; {m}.insert(&k, &one);",
    "lookup_or_try_init": "u64 zero = 0, *v = {m}.lookup_or_try_init(&k, &zero); if (v) *v += 1;",
    "lookup_or_init": "u64 zero = 0, *v = {m}.lookup_or_init(&k, &zero); *v += 1;",
    "passed": "count_{m}(k);",
    "deleted": "u64 one = 1; struct {T} other; FILL(other) {m}.update(&other, &one); {m}.delete(&k); "
               "if ({m}.lookup(&other)) return 0; {m}.update(&k, &one);",
}
VALUES = {
    "update": "u32 zero = 0; {m}.update(&zero, &k);",
    "lookup_or_try_init": "u32 zero = 0; {m}.delete(&zero); {m}.lookup_or_try_init(&zero, &k);",
    "stored": "u32 zero = 0; struct {T} *leaf = {m}.lookup(&zero); if (leaf) *leaf = k; else {m}.insert(&zero, &k);",
    "percpu": "u32 zero = 0; {m}.update(&zero, &k);",
    "pushed": "{m}.push(&k, 2);",
}
EVENTS = {"perf_submit": "{m}.perf_submit(ctx, &k, sizeof(k));",
          "ringbuf_output": "{m}.ringbuf_output(&k, sizeof(k), 0);"}
DECLARATIONS = {
    "key": "BPF_HASH({m}, struct {T}, u64, 64);",
    "value": "BPF_HASH({m}, u32, struct {T}, 64);",
    "percpu": "BPF_PERCPU_ARRAY({m}, struct {T}, 1);",
    "pushed": "BPF_QUEUE({m}, struct {T}, 4);",
    "perf_submit": "BPF_PERF_OUTPUT({m});",
    "ringbuf_output": "BPF_RINGBUF_OUTPUT({m}, 4);",
}
PROGRAM = """
{declaration}
static inline __attribute__((always_inline)) void fill_{T}(struct {T} *p) {{ {fill_pointer} }}
static inline __attribute__((always_inline)) struct {T} make_{T}(void) {{ struct {T} r; {fill_returned} return r; }}
{passed}
int run_{T}(struct bpf_raw_tracepoint_args *ctx) {{
  if ((bpf_get_current_pid_tgid() >> 32) != {pid} || ctx->args[1] != {syscall}) return 0;
  {{ char dirt[160]; __builtin_memset(dirt, {dirt}, sizeof(dirt)); asm volatile("" :: "r"(dirt) : "memory"); }}
  for (int round = 0; round < 2; round++) {{
    {way}
    {use}
  }}
  return 0;
}}
"""
DIRTY = """
int make_dirty(struct bpf_raw_tracepoint_args *ctx) {{
  if ((bpf_get_current_pid_tgid() >> 32) != {pid} || ctx->args[1] != {syscall}) return 0;
  char dirt[496];
  __builtin_memset(dirt, {dirt}, sizeof(dirt));
  asm volatile("" :: "r"(dirt) : "memory");
  return 0;
}}
"""


@dataclass
class Struct:
    name: str
    members: list[str] = field(default_factory=list)                 # as C declares them
    values: list[tuple[str, int]] = field(default_factory=list)      # path, number
    size_at_most: int = 0


@dataclass
class Case:
    struct: Struct
    way: str
    use: str        # a name in KEYS, VALUES or EVENTS
    sort: str       # key, value or event

    def __str__(self) -> str:
        return f"{self.struct.name}: {self.way}, {self.sort}, {self.use}"

    @property
    def map(self) -> str:
        return f"m_{self.struct.name}"


def random_cases(seed: int, count: int) -> list[Case]:
    choose = random.Random(seed)
    sorts = [("key", list(KEYS)), ("value", list(VALUES)), ("event", list(EVENTS))]
    cases = []
    for i in range(count):
        sort, uses = choose.choices(sorts, weights=[3, 2, 2])[0]
        cases.append(Case(random_struct(f"s{i}", choose), choose.choice(list(WAYS)), choose.choice(uses), sort))
    return cases


def random_struct(name: str, choose: random.Random) -> Struct:
    struct = Struct(name)
    for i in range(choose.randint(1, 6)):
        add_member(struct, f"f{i}", "", choose, depth=0)
    return struct


def add_member(struct: Struct, name: str, prefix: str, choose: random.Random, depth: int) -> None:
    kinds = ["integer"] * 4 + ["bits"] * 2 + ["array"] + (["nested", "union", "nested_array"] if depth < 2 else [])
    kind = choose.choice(kinds)
    path = prefix + name
    if kind == "integer":
        add_integer(struct, choose.choice(INTEGERS), name, path, choose)
    elif kind == "bits":
        of = choose.choice(["u8", "u16", "u32", "u64"])
        width = choose.randint(1, BITS[of] - 1)
        struct.members.append(f"{of} {name}:{width};")
        struct.values.append((path, choose.getrandbits(width)))
        struct.size_at_most += 8
    elif kind == "array":
        of, length = choose.choice(["u8", "u16", "u32"]), choose.randint(1, 5)
        struct.members.append(f"{of} {name}[{length}];")
        struct.values += [(f"{path}[{i}]", choose.getrandbits(BITS[of])) for i in range(length)]
        struct.size_at_most += 8 + BITS[of] // 8 * length
    else:
        add_aggregate(struct, kind, name, path, choose, depth)
    if struct.size_at_most > LARGEST:
        undo_last(struct, path)


def add_integer(struct: Struct, of: str, name: str, path: str, choose: random.Random) -> None:
    struct.members.append(f"{of} {name};")
    struct.values.append((path, choose.getrandbits(BITS[of] - 1)))
    struct.size_at_most += 8


def add_aggregate(struct: Struct, kind: str, name: str, path: str, choose: random.Random, depth: int) -> None:
    inner = Struct("")
    for i in range(choose.randint(1, 3)):
        add_member(inner, f"{'abc'[depth]}{i}", "", choose, depth + 1)
    keyword, times = ("union", 1) if kind == "union" else ("struct", 2 if kind == "nested_array" else 1)
    if not inner.values:
        return
    struct.members.append(f"{keyword} {{ {' '.join(inner.members)} }} {name}{f'[{times}]' if times > 1 else ''};")
    chosen = inner.values
    if kind == "union":  # one member of it gets a value
        first = choose.choice(inner.values)[0].split(".")[0].split("[")[0]
        chosen = [each for each in inner.values if each[0].split(".")[0].split("[")[0] == first]
    places = [f"{path}[{i}]" for i in range(times)] if times > 1 else [path]
    struct.values += [(f"{place}.{inner_path}", number) for place in places for inner_path, number in chosen]
    struct.size_at_most += times * (inner.size_at_most + 8)


def undo_last(struct: Struct, path: str) -> None:
    if len(struct.members) < 2:
        return
    struct.members.pop()
    struct.values = [each for each in struct.values if not (each[0] + ".").startswith((path + ".", path + "["))]
    struct.size_at_most = LARGEST


def fill(struct: Struct, variable: str) -> str:
    return " ".join(f"{variable}{path} = {number}ull;" for path, number in struct.values)


def initializers(struct: Struct) -> str:
    return ", ".join(f".{path} = {number}ull" for path, number in struct.values)


def definition(struct: Struct) -> str:
    return f"struct {struct.name} {{ {' '.join(struct.members)} }};\n"


def written(text: str, case: Case) -> str:
    """With what FILL, V and T stand for."""
    for variable in ["k", "j", "i", "a[1]", "w.k", "other"]:
        text = text.replace(f"FILL({variable})", fill(case.struct, variable + "."))
    text = text.replace("{V}", "{" + initializers(case.struct) + "}")
    text = text.replace("struct T ", f"struct {case.struct.name} ")
    text = text.replace("struct T)", f"struct {case.struct.name})")
    for function in ["make", "fill"]:
        text = text.replace(f"{function}_T", f"{function}_{case.struct.name}")
    return text


def program_of(case: Case, pid: int) -> str:
    name, m = case.struct.name, case.map
    uses = {"key": KEYS, "value": VALUES, "event": EVENTS}[case.sort]
    use = written(uses[case.use].replace("{m}", m).replace("{T}", name), case)
    declaration = DECLARATIONS.get(case.use if case.use in DECLARATIONS else case.sort).format(m=m, T=name)
    counted = f"static inline __attribute__((always_inline)) void count_{m}(struct {name} k) {{ {m}.increment(k); }}"
    passed = counted if case.use == "passed" else ""
    return definition(case.struct) + PROGRAM.format(
        declaration=declaration, T=name, fill_pointer=fill(case.struct, "p->"), fill_returned=fill(case.struct, "r."),
        passed=passed, pid=pid, syscall=SYSCALL, dirt=DIRT, way=written(WAYS[case.way], case), use=use)


def program_text(cases: list[Case], pid: int) -> str:
    return DIRTY.format(pid=pid, syscall=SYSCALL, dirt=DIRT) + "".join(program_of(case, pid) for case in cases)


def expected_bytes(cases: list[Case], folder) -> dict[str, bytes]:
    """What each struct holds when it was zero before it was filled, by the machine's own compiler."""
    types = "".join(f"typedef {'unsigned ' if t[0] == 'u' else 'signed '}{c} {t};\n"
                    for t, c in zip(INTEGERS, ["char", "short", "int", "long long"] * 2))
    text = "#include <stdio.h>\n#include <string.h>\n" + types
    text += "static void show(const void *at, unsigned long size) "
    text += '{ for (unsigned long i = 0; i < size; i++) printf("%02x", ((const unsigned char *)at)[i]); puts(""); }\n'
    text += "".join(definition(case.struct) for case in cases) + "int main(void) {\n"
    for case in cases:
        name = case.struct.name
        text += f"{{ struct {name} k; memset(&k, 0, sizeof(k)); {fill(case.struct, 'k.')} show(&k, sizeof(k)); }}\n"
    source, program = folder / "expected.c", folder / "expected"
    source.write_text(text + "return 0; }\n")
    subprocess.run(["cc", "-w", "-O0", source, "-o", program], check=True)
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    return {case.struct.name: bytes.fromhex(line) for case, line in zip(cases, lines, strict=True)}
