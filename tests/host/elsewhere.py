"""Running programs where nobody can see the repository: what works there has everything with it. And what it has to
have of
the packages that are linked in."""

import re
import subprocess

from places import BUILD, REPOSITORY

HIDE = f"""
mount -t tmpfs -o size=4k hidden "{REPOSITORY}"
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
exec "$@"
"""


def run(*command, **how) -> str:
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    assert done.returncode == 0, done.stdout
    return done.stdout


def run_without_repository(*command, home, **environment) -> str:
    """In a mount namespace of its own, with an environment that says nothing but what is given."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "SONDE_CACHE": "off", **environment}
    return run("unshare", "--mount", "sh", "-ec", HIDE, "sh", *command, env=environment, cwd="/")


def packages_linked_in() -> set[str]:
    """Debian's packages whose archives are on a link line of something that is no test."""
    archives = set()
    ninja = (BUILD / "build.ninja").read_text()
    for edge in re.findall(r"^build (\S+): \w+_LINKER\S*(.*?)\n\n", ninja, re.MULTILINE | re.DOTALL):
        if not edge[0].endswith("_test"):
            archives |= set(re.findall(r"/usr/lib/\S+\.a\b", edge[1]))
    return set(re.findall(r"^([^:]+):", run("dpkg", "-S", *sorted(archives)), re.MULTILINE))
