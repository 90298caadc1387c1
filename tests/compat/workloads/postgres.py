"""A PostgreSQL server in memory, made ready beforehand, and 5 queries."""

import os
import shutil
import subprocess
import time

import turn

BIN = "/usr/lib/postgresql/15/bin"
DATA = "/tmp/compat-postgres"
AS_POSTGRES = ["runuser", "-u", "postgres", "--"]


def prepare():
    if not os.path.exists(DATA):
        shutil.copytree(os.environ["COMPAT_BUILT"] + "/postgres", DATA)
        subprocess.run(["chown", "-R", "postgres:postgres", DATA], check=True)
        os.chmod(DATA, 0o700)
    server = subprocess.Popen(AS_POSTGRES + [f"{BIN}/postgres", "-D", DATA, "-k", "/tmp", "-h", "", "-c", "fsync=off",
                                             "-c", "jit=off",
                                             "-c", "autovacuum=off"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    while subprocess.run([f"{BIN}/pg_isready", "-h", "/tmp", "-q"],
                         stdout=subprocess.DEVNULL).returncode and server.poll() is None:
        time.sleep(0.2)
    return subprocess.Popen([f"{BIN}/psql", "-h", "/tmp", "-U", "postgres", "-qtA"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)


def query(text: str) -> str:
    client.stdin.write(text.encode() + b";\n")
    client.stdin.flush()
    return client.stdout.readline().decode().strip()


def work():
    for number in range(5):
        assert query(f"SELECT {number} AS compat_query") == str(number)


client = prepare()
backend = query("SELECT pg_backend_pid()")
turn.take(work, backend=backend)
