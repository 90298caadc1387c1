"""A process named "small-load" that does TIMES of everything that some tool shows, and nothing in great numbers.

usage: small_load.py FOLDER DISK   (FOLDER: on ext4, on DISK)
"""

import ctypes
import mmap
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time

COMM = "small-load"
TIMES = 7
BYTES = 4096

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def each_time(action) -> None:
    for i in range(TIMES):
        action(i)


def use_files(folder: str) -> None:
    """Files that are missing, and files that are made, written, synced, read back and removed."""
    def missing(i):
        for call in (os.stat, os.open):
            try:
                call(f"{folder}/missing", *([os.O_RDONLY] if call is os.open else []))
            except FileNotFoundError:
                pass

    def file(i):
        path = f"{folder}/file-{i}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        os.write(descriptor, b"x" * 100)
        os.fsync(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.read(descriptor, 100)
        os.close(descriptor)
        os.unlink(path)
        os.mknod(path)
        os.unlink(path)
        os.mkdir(path)
        os.rmdir(path)
    each_time(missing)
    each_time(file)


def read_disk(disk: str) -> None:
    """Reads that go to the disk itself."""
    buffer = mmap.mmap(-1, BYTES)  # aligned, as direct I/O wants it
    descriptor = os.open(disk, os.O_RDONLY | os.O_DIRECT)
    each_time(lambda i: os.preadv(descriptor, [buffer], i * BYTES))
    os.close(descriptor)


def mount(folder: str) -> None:
    place = os.fsencode(folder) + b"/place"
    os.mkdir(place)
    each_time(lambda i: libc.mount(b"none", place, b"tmpfs", 0, None) or libc.umount2(place, 0))
    os.rmdir(place)


def share_memory(i: int) -> None:
    segment = libc.shmget(0, ctypes.c_size_t(8192), 0o1600)
    libc.shmdt(ctypes.c_void_p(libc.shmat(segment, None, 0)))
    libc.shmctl(segment, 0, None)


def talk(family: int, address: str) -> None:
    with socket.socket(family) as server:
        server.bind((address, 0))
        server.listen(TIMES)

        def once(i):
            with socket.create_connection(server.getsockname()[:2]) as client:
                accepted, _ = server.accept()
                with accepted:
                    client.sendall(b"x" * 100)
                    client.shutdown(socket.SHUT_WR)
                    while accepted.recv(1000):
                        pass
        each_time(once)


def fork(i: int) -> None:
    child = os.fork()
    if child == 0:
        os._exit(TIMES)
    os.waitpid(child, 0)


def execute(folder: str) -> None:
    """A program by a name with which it is small-load as well."""
    program = f"{folder}/true/{COMM}"
    os.mkdir(os.path.dirname(program))
    os.symlink("/bin/true", program)
    each_time(lambda i: subprocess.run([program, str(i)], check=True))


def type_into_bash() -> None:
    terminal, other = pty.openpty()
    shell = subprocess.Popen(["/bin/bash", "--norc", "--noprofile", "-i"], stdin=other, stdout=other,
                             stderr=other, start_new_session=True)
    os.close(other)
    os.write(terminal, b": typed\n" * TIMES + b"exit\n")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass  # bash has closed its end
    shell.wait()
    os.close(terminal)


def start_thread(i: int) -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def main(folder: str, disk: str) -> None:
    libc.prctl(15, COMM.encode(), 0, 0, 0)  # PR_SET_NAME
    use_files(folder)
    read_disk(disk)
    mount(folder)
    each_time(share_memory)
    each_time(lambda i: os.chroot("/"))
    each_time(lambda i: os.kill(os.getpid(), signal.SIGCONT))
    each_time(fork)
    each_time(start_thread)
    each_time(lambda i: socket.getaddrinfo("localhost", 80))
    each_time(lambda i: time.sleep(0.01))
    talk(socket.AF_INET, "127.0.0.1")
    talk(socket.AF_INET6, "::1")
    execute(folder)
    type_into_bash()
    burn(0.5)
    each_time(lambda i: os.sync())


if __name__ == "__main__":
    main(*sys.argv[1:])
