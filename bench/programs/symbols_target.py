"""A process with many libraries: maps the largest of the system that can be loaded side by side, and waits for its end.

Writes addresses in functions of theirs to a file, 8 bytes each, prints the libraries, a line each, and an empty line.
Arguments: how many libraries, how many addresses, the file.
"""
import array
import ctypes
import random
import subprocess
import sys
import sysconfig
from pathlib import Path

# Not into one process: several copies of a compiler, parts of a tool chain, what does something when it is loaded.
NOT_THESE = ("libLLVM", "libclang", "librustc", "libstd-", "libtest-", "libasan", "libtsan", "libhwasan", "liblsan",
             "libubsan", "libsonde", "libpython", "libbcc")
LEAST_FUNCTIONS = 100


def functions(path):
    """(address, size) of each function that the library shows."""
    listed = subprocess.run(["nm", "-D", "-S", "--defined-only", path], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    code = {(int(row[0], 16), int(row[1], 16)) for row in rows if len(row) == 4 and row[2] in "TtWwi"}
    return sorted((address, size) for address, size in code if size)


def candidates():
    directory = Path("/usr/lib") / sysconfig.get_config_var("MULTIARCH")
    real = {path.resolve() for path in directory.glob("*.so*") if path.is_file()}
    fitting = (path for path in real if not path.name.startswith(NOT_THESE) and path.open("rb").read(4) == b"\x7fELF")
    return sorted(fitting, key=lambda path: (-path.stat().st_size, path))


def can_be_loaded(path):
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    tried = subprocess.run([sys.executable, "-c", code, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return tried.returncode == 0


def load(wanted):
    """The functions of each library, by its path."""
    loaded = {}
    for path in candidates():
        found = functions(path)
        if len(found) >= LEAST_FUNCTIONS and can_be_loaded(path):
            ctypes.CDLL(str(path))
            loaded[str(path)] = found
        if len(loaded) == wanted:
            return loaded
    sys.exit(f"bench: only {len(loaded)} libraries can be loaded here")


def places(loaded):
    """(where the library's first byte is, its functions): none of Debian's libraries is prelinked."""
    first = {}
    for line in open("/proc/self/maps"):
        words = line.split()
        if len(words) == 6 and words[5] in loaded:
            first.setdefault(words[5], int(words[0].split("-")[0], 16))
    return [(first[path], found) for path, found in loaded.items()]


loaded = load(int(sys.argv[1]))
random.seed(1)
where = places(loaded)
addresses = array.array("Q")
for number in range(int(sys.argv[2])):
    base, found = where[number % len(where)]
    address, size = random.choice(found)
    addresses.append(base + address + random.randrange(size))
random.shuffle(addresses)
Path(sys.argv[3]).write_bytes(addresses.tobytes())
print("\n".join(loaded) + "\n", flush=True)
sys.stdin.read()
