"""USDT probes that sections name, in libbpf's style: attached by themselves, with their arguments."""
import pytest

from bcc import BPF
from usdt_programs import any_file, plain_file, start  # noqa: F401 - fixtures

SECTIONS = """
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/usdt.bpf.h>
struct seen { s64 values[4]; };
struct {
    __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, struct seen); __type(value, u64);
} counts SEC(".maps");
static void count(struct seen *seen) {
    u64 one = 1, *before = bpf_map_lookup_elem(&counts, seen);
    if (before) ++*before; else bpf_map_update_elem(&counts, seen, &one, BPF_ANY);
}
SEC("usdt/FILE:app:kinds") int BPF_USDT(kinds, s64 first, u8 second, s16 third, u16 fourth) {
    struct seen seen = {{first, second, third, fourth}};
    count(&seen);
    return 0;
}
SEC("usdt/FILE:app:plain") int plain(struct pt_regs *ctx) {
    struct seen seen = {};
    long value;
    bpf_usdt_arg(ctx, 1, &value);
    seen.values[0] = value;
    bpf_usdt_readarg(3, ctx, &seen.values[1]);
    count(&seen);
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
"""


def test_probes_that_sections_name(any_file, start):
    target = start(any_file)
    for _ in range(2):  # compiled, and from the cache
        with BPF(text=SECTIONS.replace("FILE", str(any_file))) as b:
            target.hit("kinds", 2)
            target.hit("plain", 2)
            found = {tuple(key.values): value.value for key, value in b["counts"].items()}
        assert found == {(-1, 200, -3000, 60000): 1, (-2, 200, -3000, 60000): 1, (-5, 0, 0, 0): 1, (-5, 1, 0, 0): 1}


@pytest.mark.parametrize("probe, reason", [
    ("FILE:app:kind", "no USDT probe app:kind in FILE; nearest: app:kinds"),
    ("FILE:kinds", "kinds: usdt/FILE:kinds names no probe"),
    ("/no/such/file:app:kinds", "/no/such/file: No such file or directory")])
def test_sections_that_name_no_probe_whose_arguments_are_read(plain_file, probe, reason, capfd):
    text = SECTIONS.replace("FILE:app:kinds", probe).replace("FILE", str(plain_file))
    with pytest.raises(Exception, match="Failed to compile"):
        BPF(text=text)
    said = "/virtual/main.c:13:1: error: usdt/%s: %s" % (probe, reason)
    assert said.replace("FILE", str(plain_file)) in capfd.readouterr().err
