"""Maps that outlive the process that made them, pinned in a BPF file system."""
import pytest


def test_pinned_tables(tables, pins):
    path = pins / "own" / "counts"
    declared = 'BPF_TABLE_PINNED("hash", u32, u64, %s, 16, "' + str(path) + '");'
    first = tables(declared % "counts")
    first["counts"][1] = 2
    assert path.parent.stat().st_mode & 0o777 == 0o700
    first.cleanup()
    second = tables(declared % "other_name")
    assert second["other_name"][1].value == 2
    flagged = 'BPF_TABLE_PINNED("hash", u32, u64, t, 16, "%s", BPF_F_NO_PREALLOC);' % (pins / "own" / "flagged")
    assert tables(flagged)["t"].flags == 1
    text = 'BPF_QUEUESTACK_PINNED("queue", q, u32, 4, 0, "%s");' % (pins / "own" / "queue")
    tables(text)["q"].push(5)
    assert tables(text)["q"].pop().value == 5


def test_pinned_tables_that_do_not_fit(tables, pins, tmp_path):
    path = pins / "counts"
    tables('BPF_TABLE_PINNED("hash", u32, u64, counts, 16, "%s");' % path)
    does_not_fit = "map counts: what is pinned at .* does not fit: its value size is 8, 4 is declared"
    with pytest.raises(Exception, match=does_not_fit):
        tables('BPF_TABLE_PINNED("hash", u32, u32, counts, 16, "%s");' % path)
    with pytest.raises(Exception, match="does not fit: its type is 1, 2 is declared"):
        tables('BPF_TABLE_PINNED("array", int, u64, counts, 16, "%s");' % path)
    with pytest.raises(Exception, match="is not in a BPF file system"):
        tables('BPF_TABLE_PINNED("hash", u32, u64, counts, 16, "%s");' % (tmp_path / "counts"))
    with pytest.raises(Exception, match="cannot make the directory"):
        tables('BPF_TABLE_PINNED("hash", u32, u64, counts, 16, "%s");' % (pins / "a" / "b" / "counts"))
