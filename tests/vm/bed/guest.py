"""One guest: QEMU around a kernel and an initrd, the command's output relayed as it comes, its exit status returned."""

import ctypes
import os
import re
import secrets
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bed import BedError
from bed.kernels import Kernel
from bed.relay import Relay

GUEST_MAIN = Path(__file__).resolve().parent / "guest-main"
SCRATCH_DISK_MB = 256
EXIT_TIME_LIMIT = 124
KERNEL_OPTIONS = ("console=ttyS0 loglevel=5 panic=-1 oops=panic nokaslr mitigations=off tsc=reliable no_timer_check "
                  "audit=0 random.trust_cpu=on cryptomgr.notests")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Guest:
    kernel: Kernel
    initrd: Path
    headers: Path | None
    memory_mb: int
    limit_s: float
    counts_instructions: bool = False  # the guest's clock does not run, it counts what the guest executes
    marker: str = field(default_factory=lambda: f"sonde-guest-{secrets.token_hex(16)}")

    def run(self, command: list[str]) -> int:
        """Boots, runs the command, ends the guest. Whatever happens, no QEMU and no file stays behind."""
        with tempfile.TemporaryDirectory(prefix="sonde-guest-") as work:
            self.work = Path(work)
            self.prepare(command)
            output, qemu_end = os.pipe()
            with self.start_qemu(qemu_end) as qemu:
                os.close(qemu_end)
                try:
                    return self.follow(output)
                finally:
                    qemu.kill()
                    os.close(output)

    def prepare(self, command: list[str]) -> None:
        control = self.work / "control"
        control.mkdir()
        shutil.copy(GUEST_MAIN, control)
        (control / "settings").write_text(assignments(
            RELEASE=self.kernel.release, KERNEL_TREE=self.kernel.tree, HEADERS_TREE=self.headers or "",
            FOLDER=Path.cwd(), MARKER=self.marker))
        settings = f"ENVIRONMENT=({shlex.join(self.environment())})\nCOMMAND=({shlex.join(command)})\n"
        (control / "command").write_text(settings)
        with open(self.work / "scratch", "wb") as disk:
            disk.truncate(SCRATCH_DISK_MB << 20)
        self.out_dir().mkdir(parents=True, exist_ok=True)

    def environment(self) -> list[str]:
        return [f"PATH={SYSTEM_PATH}", "HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "LANG=C.UTF-8",
                "TERM=dumb", "SONDE_IN_GUEST=1", f"SONDE_KERNEL={self.kernel.name}", "SONDE_SCRATCH_DISK=/dev/vda"]

    def out_dir(self) -> Path:
        return Path(os.environ.get("VM_OUT") or self.work / "out").absolute()

    def start_qemu(self, qemu_end: int) -> subprocess.Popen:
        with open(self.work / "qemu.log", "wb") as log:
            return subprocess.Popen(self.qemu_command(qemu_end), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    pass_fds=[qemu_end], start_new_session=True, preexec_fn=die_with_parent)

    def qemu_command(self, qemu_end: int) -> list[str]:
        """Always `-accel tcg`: /dev/kvm may exist and not work, and every machine should test the same.

        Always one thread for both processors: with a thread each, QEMU before 8.1 may run code that the other processor
        has
        just patched (kprobes, tracepoints, jump labels), and the guest dies of an `int3` that is no longer there.
        """
        work = option_value(self.work)
        share = "local,security_model=none,multidevs=remap"
        return [
            "qemu-system-x86_64", "-name", "sonde-guest", "-nodefaults", "-no-user-config", "-no-reboot",
            "-display", "none",
            "-machine", "q35", "-accel", "tcg,thread=single", "-cpu", "max,la57=off", "-m", str(self.memory_mb),
            *(["-smp", "1", "-icount", "shift=0,sleep=off"] if self.counts_instructions else ["-smp", "2"]),
            "-kernel", str(self.kernel.vmlinux), "-initrd", str(self.initrd), "-append", KERNEL_OPTIONS,
            "-serial", f"file:{self.work}/console",
            "-virtfs", f"{share},mount_tag=root,readonly=on,path=/",
            "-virtfs", f"{share},mount_tag=control,readonly=on,path={work}/control",
            "-virtfs", f"{share},mount_tag=out,path={option_value(self.out_dir())}",
            "-drive", f"file={work}/scratch,format=raw,if=none,id=scratch,cache=unsafe",
            "-device", "virtio-blk-pci,drive=scratch,serial=scratch",
            "-chardev", f"file,id=output,path=/dev/fd/{qemu_end}",
            "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=output,name=sonde.output",
        ]

    def follow(self, output: int) -> int:
        """Relays output until the command's status arrives, the guest ends without one, or the time is up."""
        relay = Relay(self.marker)
        deadline = time.monotonic() + self.limit_s
        while relay.status is None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([output], [], [], left_s)[0]:
                report(f"time limit of {self.limit_s:g} s reached; the guest was ended", self.console_tail())
                return EXIT_TIME_LIMIT
            data = os.read(output, 1 << 16)
            if not data:
                raise BedError(self.why_it_ended())
            sys.stdout.buffer.write(relay.feed(data))
            sys.stdout.buffer.flush()
        self.mention_complaints()
        return relay.status

    def console(self) -> str:
        path = self.work / "console"
        return path.read_text(errors="replace").replace("\r", "") if path.exists() else ""

    def console_tail(self, lines: int = 25) -> str:
        return "\n".join(self.console().splitlines()[-lines:]) or "(the guest's console is empty)"

    def why_it_ended(self) -> str:
        if "Kernel panic" in self.console():
            return f"the guest's kernel panicked\n{self.console_tail(60)}"
        qemu_says = (self.work / "qemu.log").read_text(errors="replace").strip()
        return f"the guest ended without running the command to its end\n{qemu_says or self.console_tail()}"

    def mention_complaints(self) -> None:
        complaints = re.findall(r"^.*(?:WARNING:|BUG:|INFO: .* detected).*$", self.console(), re.M)
        if complaints:
            report(f"note: complaints of the guest's kernel, see `dmesg` in it: {len(complaints)}, the first:",
                   complaints[0])


def report(message: str, detail: str) -> None:
    sys.stdout.flush()
    print(f"vm: {message}\n{detail}", file=sys.stderr, flush=True)


def assignments(**values: object) -> str:
    return "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in values.items())


def option_value(path: Path) -> str:
    """QEMU splits options at commas; a doubled one is a comma."""
    return str(path).replace(",", ",,")


def die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
