"""Programs of trampolines and security hooks from Python: by name, attached and detached by a driver, in modules."""
import os
import subprocess

import pytest

OWN = "(bpf_get_current_pid_tgid() >> 32) == PID"
COUNTING = "BPF_ARRAY(hits, u64, 1);\n"


@pytest.fixture
def load(tables):
    return lambda text: tables(COUNTING + text.replace("OWN", OWN), cflags=["-DPID=%d" % os.getpid()])


def hits(b):
    return b["hits"][0].value


def write(times=1):
    with open("/dev/null", "wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"12345")


@pytest.mark.needs("fentry")
def test_entries_and_returns_of_functions(load):
    b = load("""BPF_ARRAY(bytes, u64, 1);
        KFUNC_PROBE(vfs_write, struct file *file, const char *buf, size_t count) {
            if (OWN && count == 5) hits.increment(0);
            return 0;
        }
        KRETFUNC_PROBE(vfs_write, struct file *file, const char *buf, size_t count, loff_t *pos, ssize_t ret) {
            if (OWN && count == 5) bytes.increment(0, ret);
            return 0;
        }""")
    entry, returned = b"kfunc__vmlinux__vfs_write", b"kretfunc__vmlinux__vfs_write"
    assert set(b.kfunc_entry_fds) == {entry} and set(b.kfunc_exit_fds) == {returned}
    write(7)
    assert (hits(b), b["bytes"][0].value) == (7, 35)
    with pytest.raises(Exception, match="^Kernel entry func kfunc__vmlinux__vfs_write has been attached$"):
        b.attach_kfunc("vmlinux__vfs_write")
    b.detach_kfunc(entry)
    b.detach_kretfunc("vmlinux__vfs_write")
    write(7)
    assert (hits(b), b["bytes"][0].value) == (7, 35) and not b.kfunc_entry_fds and not b.kfunc_exit_fds
    with pytest.raises(Exception, match="^Kernel exit func kretfunc__vmlinux__vfs_write is not attached$"):
        b.detach_kretfunc(returned)
    assert b.attach_kfunc("vmlinux__vfs_write") is b and b.attach_kretfunc(returned) is b
    write()
    assert (hits(b), b["bytes"][0].value) == (8, 40)


def opens(path):
    try:
        os.close(os.open(path, os.O_RDONLY))
        return True
    except PermissionError:
        return False


REFUSING = """
    if (OWN && file->f_inode->i_ino == INODE) return -EPERM;
    return 0;
"""


@pytest.mark.needs("fentry")
def test_a_functions_result_is_changed(load, tmp_path):
    path = tmp_path / "file"
    path.touch()
    text = "KMOD_RET(security_file_open, struct file *file, int ret) {" + REFUSING + "}"
    b = load(text.replace("INODE", str(path.stat().st_ino)))
    assert opens(path) and not b.fmod_ret_fds
    assert b.attach_fmod_ret("security_file_open") is b
    assert not opens(path) and opens(tmp_path)
    with pytest.raises(Exception, match="^Fmod ret func kmod_ret__security_file_open has been attached$"):
        b.attach_fmod_ret("kmod_ret__security_file_open")
    b.detach_fmod_ret("security_file_open")
    assert opens(path)


@pytest.mark.needs("lsm")
def test_a_security_hook(load, tmp_path):
    path = tmp_path / "file"
    path.touch()
    text = "LSM_PROBE(file_open, struct file *file, int ret) {" + REFUSING + "}"
    b = load(text.replace("INODE", str(path.stat().st_ino)))
    assert set(b.lsm_fds) == {b"lsm__file_open"} and not opens(path) and opens(tmp_path)
    b.detach_lsm("file_open")
    assert opens(path)
    b.attach_lsm("lsm__file_open")
    assert not opens(path)


@pytest.fixture
def dummy_devices():
    """dummy_devices() makes a network device of the module of that name."""
    subprocess.run(["modprobe", "dummy", "numdummies=0"], check=True)
    yield lambda: subprocess.run("ip link add sonde-dummy type dummy && ip link del sonde-dummy", shell=True,
                                 check=True)
    subprocess.run(["rmmod", "dummy"], check=True)


@pytest.mark.needs("fentry")
def test_functions_of_a_module(dummy_devices, load):
    b = load("""
        MODULE_KFUNC_PROBE(dummy, dummy_dev_init, struct net_device *dev) { hits.increment(0, dev->mtu); return 0; }
        MODULE_KRETFUNC_PROBE(dummy, dummy_dev_init, struct net_device *dev, int ret) {
            hits.increment(0, ret); return 0; }""")
    dummy_devices()
    assert hits(b) == 1500
    assert set(b.kfunc_entry_fds) == {b"kfunc__dummy__dummy_dev_init"}
    b.cleanup()


@pytest.mark.needs("kprobe")
def test_kprobes_are_detached_by_the_names_of_their_events(load):
    b = load("int one(void *ctx) { if (OWN) hits.increment(0); return 0; } int two(void *ctx) { return 0; }")
    for program in ("one", "two"):
        b.attach_kprobe("vfs_write", fn_name=program)
    b.detach_kprobe_event_by_fn(b"p_vfs_write", b"two")
    assert set(b.kprobe_fds[b"p_vfs_write"]) == {b"one"}
    write()
    seen = hits(b)
    assert seen > 0
    b.detach_kprobe_event(b"p_vfs_write")
    write()
    assert hits(b) == seen and b.num_open_kprobes() == 0
    with pytest.raises(Exception, match="^Kprobe p_vfs_write is not attached$"):
        b.detach_kprobe_event_by_fn(b"p_vfs_write", b"one")
