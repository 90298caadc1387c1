"""Running programs where nobody can see the repository: what works there has everything with it."""

import subprocess

from places import REPOSITORY

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
