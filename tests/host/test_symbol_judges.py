"""Names of 10,000 addresses and more, of every make of file and process, against nm, addr2line, gdb and perf maps."""

import lzma
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from symbol_judging import EXPLAINED, Judge, PerfMapJudge, Tally, ask_addr2line, ask_cxxfilt, ask_gdb, output_of

SEED = 20261121
FOR_GDB = 150  # addresses of each file


def c_text(functions: int) -> str:
    """Many functions, static and global, some with aliases and cold parts, around a main that waits."""
    text = ["#include <stdio.h>", "#include <stdlib.h>", "volatile int sink;"]
    for i in range(functions):
        kind = "" if i % 3 else "static "
        text.append(f"__attribute__((noinline)) {kind}int work_{i}(int x) {{ "
                    f"for (int i = 0; i < x; i++) sink += i * {i + 3}; "
                    f"if (__builtin_expect(x == {i + 77}, 0)) {{ puts(\"rare {i}\"); abort(); }} return sink + x; }}")
        if i % 10 == 1:
            text.append(f"__attribute__((alias(\"work_{i}\"))) int also_{i}(int);")
    calls = "".join(f"sink += work_{i}(sink);\n" for i in range(functions))
    return "\n".join(text) + f"\nint main(void) {{ puts(\"ready\"); fflush(stdout); getchar();\n{calls} return 0; }}\n"


RUST_TEXT = """
use std::collections::BTreeMap;
use std::io::Read;
trait Shape { fn area(&self) -> f64; }
struct Square(f64);
struct Circle { radius: f64 }
impl Shape for Square { #[inline(never)] fn area(&self) -> f64 { self.0 * self.0 } }
impl Shape for Circle { #[inline(never)] fn area(&self) -> f64 { self.radius * self.radius * 3.14 } }
mod deep { pub mod deeper {
    #[inline(never)] pub fn count<T: std::fmt::Debug>(v: &[T]) -> usize { format!("{:?}", v).len() }
} }
fn main() {
    let mut map = BTreeMap::new();
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(2.0)), Box::new(Circle { radius: 1.0 })];
    for (i, s) in shapes.iter().enumerate() { map.insert(format!("{}", i), s.area()); }
    println!("ready {} {}", deep::deeper::count(&[1, 2, 3]), map.len());
    std::io::stdin().read(&mut [0u8; 1]).unwrap();
}
"""


class Running:
    """A process that has said that it is ready, and waits."""

    def __init__(self, *command, **how):
        words = [str(word) for word in command]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how)
        assert self.process.stdout.readline(), f"{command[0]} did not start"
        self.pid = self.process.pid

    def address(self, file: str, offset: int) -> int:
        for line in Path(f"/proc/{self.pid}/maps").read_text().splitlines():
            words = line.split(maxsplit=5)
            start, end = (int(n, 16) for n in words[0].split("-"))
            if len(words) == 6 and words[5] == file and "x" in words[1]:
                within = offset - int(words[2], 16)
                if 0 <= within < end - start:
                    return start + within
        raise AssertionError(f"{file} offset {offset:#x} is not mapped")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Court:
    """All cases judged, and what came of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.by_nm, self.by_addr2line, self.by_gdb, self.demangled = {}, {}, {}, Tally()

    def build(self, name: str, *options, functions=200) -> Path:
        source = self.folder / "work.c"
        source.write_text(c_text(functions))
        subprocess.run(["gcc", "-O2", "-Wl,--build-id=sha1", *options, source, "-o", self.folder / name], check=True)
        return self.folder / name

    def judge(self, title: str, judge: Judge, running: Running, count: int, *, mapped="", end_first=False) -> None:
        from bcc import SymbolCache
        addresses = judge.sample(count, SEED)
        at = [running.address(mapped or str(judge.file), judge.offset_in_file(each)) for each in addresses]
        cache = SymbolCache(running.pid)
        if end_first:
            cache.resolve(at[0], False)
            running.end()
        names = [name and name.decode() for name, _, _ in (cache.resolve(each, False) for each in at)]
        ours = [name and name.split("@")[0] for name in names]
        tally = self.by_nm.setdefault(title, Tally())
        for address, name in zip(addresses, ours, strict=True):
            judge.judge_by_nm(tally, address, name)
        self._demangle(cache, at, names)
        self._ask_others(title, judge, addresses, ours)

    def _demangle(self, cache, at, ours):
        named = [(address, name) for address, name in zip(at, ours, strict=True) if name and name.startswith("_")]
        for (address, name), theirs in zip(named, ask_cxxfilt([name for _, name in named]), strict=True):
            mine = cache.resolve(address, True)[0].decode()
            self.demangled.asked += 1
            self.demangled.equal += mine == theirs
            if mine != theirs:
                self.demangled.differences.append((name, f"{mine} / {theirs}"))

    def _ask_others(self, title, judge, addresses, ours):
        for tallies, answers in ((self.by_addr2line, ask_addr2line(judge.symbol_file, addresses)),
                                 (self.by_gdb, ask_gdb(judge.symbol_file, addresses[:FOR_GDB]))):
            tally = tallies.setdefault(title, Tally())
            for address, name, theirs in zip(addresses, ours, answers, strict=False):
                judge.judge_by(tally, address, name, theirs)


def debug_file_of(file: Path) -> list[Path]:
    """Where Debian puts it, if it is installed."""
    found = re.search(r"Build ID: (\w\w)(\w+)", output_of("readelf", "-n", file))
    path = Path(f"/usr/lib/debug/.build-id/{found[1]}/{found[2]}.debug") if found else None
    return [path] if path and path.exists() else []


def judge_installed(court):
    bash = Running("/bin/bash", "-c", "echo ready; read")
    court.judge("bash", Judge(Path("/usr/bin/bash"), *debug_file_of(Path("/usr/bin/bash"))), bash, 2000)
    bash.end()
    python = Running("/usr/bin/python3", "-c",
                     "import ctypes; ctypes.CDLL('libstdc++.so.6'); print('ready', flush=True); input()")
    for name, count in (("libc.so.6", 2000), ("libstdc++.so.6", 2000)):
        file = Path(f"/usr/lib/x86_64-linux-gnu/{name}").resolve()
        court.judge(name, Judge(file, *debug_file_of(file)), python, count)
    python.end()


def judge_own(court, title, file, judge, count=800, **how):
    running = Running(*how.pop("command", [file]))
    court.judge(title, judge, running, count, **how)
    running.end()


def strip_with_mini_debuginfo(file: Path) -> Path:
    """As distributions do it: function symbols that .dynsym lacks, in an ELF file of their own, packed."""
    full = file.with_suffix(".full")
    shutil.copy(file, full)
    kept = file.with_suffix(".kept")
    kept.write_text("".join(f"{name}\n" for name in re.findall(r" [tT] (\S+)$", output_of("nm", file), re.M)))
    mini = file.with_suffix(".mini")
    subprocess.run(["objcopy", "--only-keep-debug", file, mini], check=True)
    subprocess.run(["objcopy", "-S", f"--keep-symbols={kept}", mini], check=True)
    packed = file.with_suffix(".xz")
    packed.write_bytes(lzma.compress(mini.read_bytes(), check=lzma.CHECK_CRC32))
    subprocess.run(["objcopy", "--strip-all", "--add-section", f".gnu_debugdata={packed}", file], check=True)
    return full


def judge_stripped(court):
    mini = court.build("with_mini")
    full = strip_with_mini_debuginfo(mini)
    judge_own(court, "stripped, .gnu_debugdata", mini, Judge(mini, full))

    by_id = court.build("by_build_id", "-DB")
    first, rest = re.search(r"Build ID: (\w\w)(\w+)", output_of("readelf", "-n", by_id)).groups()
    debug = court.folder / "root" / ".build-id" / first / f"{rest}.debug"
    debug.parent.mkdir(parents=True)
    subprocess.run(["objcopy", "--only-keep-debug", by_id, debug], check=True)
    subprocess.run(["strip", by_id], check=True)
    os.environ["BCC_DEBUGINFO_ROOT"] = str(court.folder / "root")
    judge_own(court, "stripped, debug file by build-id", by_id, Judge(by_id, debug))
    del os.environ["BCC_DEBUGINFO_ROOT"]

    linked = court.build("by_link", "-Wl,--build-id=none")
    debug = linked.with_suffix(".debug")
    subprocess.run(["objcopy", "--only-keep-debug", linked, debug], check=True)
    subprocess.run(["strip", linked], check=True)
    subprocess.run(["objcopy", f"--add-gnu-debuglink={debug}", linked], check=True)
    judge_own(court, "stripped, debug file by link", linked, Judge(linked, debug))


def judge_special(court):
    static_pie = court.build("static_pie", "-static-pie", functions=50)
    judge_own(court, "static-pie", static_pie, Judge(static_pie), 1000)

    plain = court.build("plain", "-g")
    judge_own(court, "ended process", plain, Judge(plain), 600, end_first=True)

    hidden = court.folder / "hidden"
    hidden.mkdir()
    script = f"mount -t tmpfs none {hidden} && cp {plain} {hidden}/ && exec {hidden}/plain"
    judge_own(court, "mount namespace", plain, Judge(plain), 600, command=["unshare", "-m", "sh", "-c", script],
              mapped=f"{hidden}/plain")
    assert not list(hidden.iterdir())  # here there is no such file


def judge_rust(court):
    source = court.folder / "shapes.rs"
    source.write_text(RUST_TEXT)
    for mangling, options in (("v0", []), ("legacy", ["-Zunstable-options"])):
        program = court.folder / f"rust_{mangling}"
        subprocess.run(["rustc", "-O", "-g", f"-Csymbol-mangling-version={mangling}", *options, source, "-o", program],
                       check=True, env=os.environ | {"RUSTC_BOOTSTRAP": "1"})
        judge_own(court, f"Rust, {mangling}", program, Judge(program), 800)


def settled_perf_map(node: Running) -> str:
    """Its text while the process stands still."""
    os.kill(node.pid, signal.SIGSTOP)
    while Path(f"/proc/{node.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "T":
        time.sleep(0.001)
    text = Path(f"/tmp/perf-{node.pid}.map").read_text()
    return text[:text.rindex("\n") + 1]


def judge_node(court):
    from bcc import SymbolCache
    script = "for (let k = 0; k < 200; k++) {" \
             "  const body = `let s = 0; for (let i = 0; i < n; i++) s += i % ${k + 2}; return s;`;" \
             "  const f = new Function(`return function made_${k}(n) { ${body} }`)();" \
             "  for (let i = 0; i < 30; i++) f(3000); }" \
             "console.log('ready'); process.stdin.on('data', () => {});"
    node = Running("node", "--perf-basic-prof", "-e", script, cwd=court.folder)
    try:
        judge = PerfMapJudge(settled_perf_map(node))
        cache, tally = SymbolCache(node.pid), court.by_nm.setdefault("Node's perf map", Tally())
        for address in judge.sample(600, SEED):
            found, theirs = cache.resolve(address, False)[0], judge.names_of(address)
            name = found and found.decode()
            tally.asked += 1
            tally.named += name is not None
            tally.equal += name in theirs
            if name not in theirs:
                tally.differences.append(("UNEXPLAINED", f"{address:#x}: we {name}, the map {theirs}"))
    finally:
        node.end()
        Path(f"/tmp/perf-{node.pid}.map").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def court(tmp_path_factory):
    made = Court(tmp_path_factory.mktemp("judges"))
    for judge in (judge_installed, judge_stripped, judge_special, judge_rust, judge_node):
        judge(made)
    return made


def show(judge: str, tallies: dict[str, Tally]) -> None:
    for title, tally in tallies.items():
        classes = Counter(kind for kind, _ in tally.differences)
        print(f"{judge}: {title}: {tally.equal} of {tally.asked} equal ({tally.named} named) {dict(classes) or ''}")
        for kind, what in tally.differences:
            print(f"    {kind}: {what}")


def unexplained(tallies):
    return [what for tally in tallies.values() for kind, what in tally.differences if kind not in EXPLAINED]


def test_names_are_nms(court):
    show("nm", court.by_nm)
    asked, equal = (sum(getattr(tally, each) for tally in court.by_nm.values()) for each in ("asked", "equal"))
    assert asked >= 10_000
    assert sum(tally.named for tally in court.by_nm.values()) >= asked * 0.8  # that both know nothing is no proof
    assert equal >= asked * 0.999
    assert unexplained(court.by_nm) == []


def test_addr2line_differs_for_known_reasons_alone(court):
    show("addr2line", court.by_addr2line)
    assert unexplained(court.by_addr2line) == []


def test_gdb_differs_for_known_reasons_alone(court):
    show("gdb", court.by_gdb)
    assert unexplained(court.by_gdb) == []


def test_demangled_names_are_cxxfilts(court):
    print(court.demangled.differences[:20])
    assert court.demangled.asked > 1500 and court.demangled.equal == court.demangled.asked
