"""Debian's archive, in the machine's own suites or in another one: searched, and packages downloaded; nothing is
installed.

Another suite is read with an apt configuration of its own in the cache, from the machine's own mirror, so that the
machine's sources stay as they are.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bed import BedError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Lists of an older release stay valid after its support has ended; packages are still checked against Debian's keys.
CONFIGURATION = """\
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
"""


@dataclass(frozen=True)
class Archive:
    """One suite ("trixie-backports"), or the machine's own ones (None)."""

    suite: str | None
    cache: Path

    def search(self, pattern: str) -> list[str]:
        """Names of the packages that match a regular expression. The lists of another suite are fetched when it has
        none."""
        found = self.names(pattern)
        if not found and self.suite:
            self.update()
            found = self.names(pattern)
        return found

    def names(self, pattern: str) -> list[str]:
        done = self.run("apt-cache", "search", "--names-only", f"^{pattern}$")
        return [line.split()[0] for line in done.stdout.splitlines()]

    def dependencies(self, package: str, pattern: str) -> list[str]:
        """Those that a package depends on, of the names that match the regular expression."""
        depends = re.findall(r"Depends: (\S+)", self.run("apt-cache", "depends", package).stdout)
        return [name for name in depends if re.match(pattern, name)]

    def download(self, packages: list[str], folder: str) -> None:
        """apt's lists may be older than the archive, which keeps only the newest packages: a refusal is answered by one
        refresh of them."""
        for attempt in range(2):
            done = self.run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3", "download",
                            *packages, cwd=folder)
            if done.returncode == 0:
                return
            if attempt == 0 and (self.suite or os.geteuid() == 0):
                self.update()
        why = done.stdout.strip().splitlines()[-1:] or ["no reason given"]
        raise BedError(f"cannot download {' '.join(packages)}: {why[0]}\n"
                       f"if the archive no longer has this version, remove it from {self.cache} and a newer one is "
                       "fetched")

    def update(self) -> None:
        self.run("apt-get", "-q", "update")

    def run(self, *command: str, cwd: str | None = None) -> subprocess.CompletedProcess:
        environment = os.environ | ({"APT_CONFIG": str(self.configuration())} if self.suite else {})
        return subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)

    def configuration(self) -> Path:
        folder = self.cache / "apt" / self.suite
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror(self.suite)} {self.suite} main\n")
        (folder / "apt.conf").write_text(CONFIGURATION.format(folder=folder))
        return folder / "apt.conf"


def mirror(suite: str) -> str:
    """Where this machine gets Debian from: security updates are an archive of their own."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)"],
                            stdout=subprocess.PIPE, text=True).stdout
    for row in sorted(set(listed.splitlines())):
        origin, codename, uri = row.split(maxsplit=2)
        if origin == "Debian" and codename.endswith("-security") == suite.endswith("-security"):
            return uri
    raise BedError(f"apt has no source of Debian for {suite}\n`apt-get update` if apt's lists are empty")
