"""The hello-world script, run until it has said hello: on this machine and in the guests."""

import os
import subprocess
import sys
import time

SCRIPT = ("from bcc import BPF\n"
          "BPF(text='int kprobe__sys_clone(void *ctx) { bpf_trace_printk(\"Hello, World!\\\\n\"); return 0; }')"
          ".trace_print()\n")
GREETING = b"bpf_trace_printk: Hello, World!'\nb''"


def fork():
    """Through the system call clone; subprocess would take vfork."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def said_to_forks(deadline_s: float) -> bytes:
    """What the script printed while this process forked, up to its first greeting or the deadline."""
    with subprocess.Popen([sys.executable, "-u", "-c", SCRIPT], stdout=subprocess.PIPE) as script:
        deadline = time.monotonic() + deadline_s
        os.set_blocking(script.stdout.fileno(), False)
        said = b""
        while GREETING not in said and time.monotonic() < deadline and script.poll() is None:
            fork()
            time.sleep(0.2)
            said += script.stdout.read() or b""
        script.kill()
    return said
