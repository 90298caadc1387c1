"""What C yields in this machine's kernel: the treacherous reads, against /proc and known memory, and map methods."""

import bcc
import pytest
from reading import compiled_here, evaluating, values_of
from readings import Reading
from value_fixtures import ALL, known, named, values_here, values_of_object  # noqa: F401: pytest finds fixtures by name


@pytest.fixture(scope="module")
def values_of_portable(known, tmp_path_factory):
    return values_of_object(known, tmp_path_factory.mktemp("portable"))


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_compiled_here(reading, known, values_here):
    assert values_here[reading.name] == reading.truth(known)


@pytest.mark.parametrize("reading", ALL, ids=named)
def test_portable(reading, known, values_of_portable):
    assert values_of_portable[reading.name] == reading.truth(known)


def test_a_map_by_its_descriptor():
    """bpf_pseudo_fd(1, fd) is the map behind a descriptor of this process, whoever made it."""
    owner = bcc.BPF(text="BPF_HASH(counts, u32, u64);")
    by_fd = Reading("by_fd", f"""
        u32 key = 7; u64 *found, nine = 9;
        bpf_map_update_elem_((uintptr_t)bpf_pseudo_fd(1, {owner["counts"].map_fd}), &key, &nine, BPF_ANY);
        found = bpf_map_lookup_elem_((uintptr_t)bpf_pseudo_fd(1, {owner["counts"].map_fd}), &key);
        value = found ? *found : 0;""", lambda _: 9)
    assert values_of(compiled_here(evaluating([by_fd], "")), [by_fd]) == {"by_fd": 9}
    assert owner["counts"][owner["counts"].Key(7)].value == 9
