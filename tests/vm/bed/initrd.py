"""The guest's first root: busybox, guest-init and the few modules needed to reach the host's files; cached by
content."""

import hashlib
import lzma
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bed import BedError
from bed.kernels import Kernel, cache_dir

GUEST_INIT = Path(__file__).resolve().parent / "guest-init"
BUSYBOX = Path("/bin/busybox")
MODULES = ["virtio_pci", "virtio_console", "virtio_blk", "9pnet_virtio", "9p", "overlay"]


def ready(kernel: Kernel) -> Path:
    """The initrd for this kernel; made only if nothing that goes into it was made one of before."""
    if not BUSYBOX.exists():
        raise BedError("/bin/busybox is missing\n`scripts/setup --test` installs it (busybox-static)")
    image = cache_dir() / "initrd" / f"{kernel.release}-{content_key(kernel)}.cpio"
    if not image.exists():
        image.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_dir()) as scratch:
            root = Path(scratch) / "root"
            fill(root, kernel)
            pack(root, Path(scratch) / "image").rename(image)
    return image


def content_key(kernel: Kernel) -> str:
    key = hashlib.sha256()
    for part in (Path(__file__), GUEST_INIT, BUSYBOX, kernel.modules / "modules.dep"):
        key.update(part.read_bytes())
    return key.hexdigest()[:16]


def fill(root: Path, kernel: Kernel) -> None:
    for folder in ("bin", "proc", "sys", "dev", "modules"):
        (root / folder).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    for applet in ("sh", "mount", "mkdir", "insmod", "switch_root", "poweroff"):
        (root / "bin" / applet).symlink_to("busybox")
    shutil.copy(GUEST_INIT, root / "init")
    (root / "init").chmod(0o755)
    for order, module in enumerate(load_order(kernel)):
        (root / f"modules/{order:02}-{module.name.split('.')[0]}.ko").write_bytes(module_bytes(module))


def load_order(kernel: Kernel) -> list[Path]:
    """Module files with what they depend on, each after what it needs; modules built into the kernel have none."""
    files: dict[str, None] = {}
    for name in MODULES:
        command = ["/sbin/modprobe", "-d", kernel.tree, "-S", kernel.release, "--show-depends", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        files.update(dict.fromkeys(re.findall(r"^insmod (\S+)", done.stdout, re.M)))
    return [Path(file) for file in files]


def module_bytes(module: Path) -> bytes:
    data = module.read_bytes()
    if module.suffix == ".xz":
        return lzma.decompress(data)
    if module.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def pack(root: Path, image: Path) -> Path:
    """Uncompressed on purpose: the guest would spend longer unpacking it than the host spends reading it."""
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    with open(image, "wb") as out:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, input="\n".join(names).encode(), stdout=out,
                       check=True)
    return image
