"""bitesize: 1,000 direct reads of 4 KiB are 1,000 in the row of 4 KiB."""

from fits_schema import fits_one
from known_load import buckets_of, read_disk

READS = 1000


def test_counts_by_size(tool, scratch_disk, schema_of):
    with open("/proc/self/comm") as file:
        comm = file.read().strip()
    running = tool("bitesize", "--json")
    read_disk(scratch_disk, READS)
    read_disk(scratch_disk, 10, 65536)
    records = running.records()
    assert all(fits_one(each, schema_of("bitesize")) for each in records)
    (mine,) = [each for each in records if each["section"]["comm"] == comm]
    assert mine["unit"] == "Kbytes" and buckets_of(mine) == {4: READS, 64: 10}


def test_prints_what_users_know(tool, scratch_disk):
    running = tool("bitesize", "--comm", "nobody-has-it")
    read_disk(scratch_disk, READS)
    assert [line for line in running.finish() if line] == ["Tracing block I/O... Hit Ctrl-C to end."]
    running = tool("bitesize")
    read_disk(scratch_disk, READS)
    lines = running.finish()
    (at,) = [i for i, line in enumerate(lines)
             if line.startswith("Process Name = ") and f": {READS} " in "".join(lines[i:i + 5])]
    assert lines[at + 1] == "     Kbytes              : count     distribution"
    assert lines[at + 4] == f"         4 -> 7          : {READS}     |****************************************|"
