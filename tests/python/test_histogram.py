"""Histograms as BCC prints them, to the character."""
import ctypes as ct
import re

import pytest

from bcc.table.histogram import Histograms


class Table(Histograms):
    """A table that is a dictionary of plain values."""

    def __init__(self, key_class, entries):
        self.Key = key_class
        self._entries = entries

    def items(self):
        return [(self.Key(*key) if isinstance(key, tuple) else self.Key(key), ct.c_ulonglong(value))
                for key, value in self._entries.items()]


class DiskKey(ct.Structure):
    _fields_ = [("disk", ct.c_char * 8), ("slot", ct.c_ulonglong)]


class PaddedKey(ct.Structure):
    _pack_ = 1
    _fields_ = [("cpu", ct.c_uint), ("__pad_1", ct.c_char * 4), ("slot", ct.c_ulonglong)]


def scalar(entries):
    return Table(ct.c_int, entries)


def test_log2_histogram_of_small_values(capsys):
    scalar({1: 1, 2: 2, 4: 7, 5: 40, 7: 120, 8: 3}).print_log2_hist("usecs")
    assert capsys.readouterr().out == (
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 1        |                                        |\n"
        "         2 -> 3          : 2        |                                        |\n"
        "         4 -> 7          : 0        |                                        |\n"
        "         8 -> 15         : 7        |**                                      |\n"
        "        16 -> 31         : 40       |*************                           |\n"
        "        32 -> 63         : 0        |                                        |\n"
        "        64 -> 127        : 120      |****************************************|\n"
        "       128 -> 255        : 3        |*                                       |\n")


def test_log2_histogram_of_values_beyond_32_bits_is_wider(capsys):
    scalar({33: 10, 34: 5}).print_log2_hist("nsecs", strip_leading_zero=True)
    assert capsys.readouterr().out == (
        "               nsecs                         : count     distribution\n"
        "          4294967296 -> 8589934591           : 10       |********************|\n"
        "          8589934592 -> 17179869183          : 5        |**********          |\n")


def test_linear_histogram(capsys):
    scalar({0: 2, 3: 9, 5: 1}).print_linear_hist("disk")
    assert capsys.readouterr().out == (
        "     disk          : count     distribution\n"
        "        0          : 2        |********                                |\n"
        "        1          : 0        |                                        |\n"
        "        2          : 0        |                                        |\n"
        "        3          : 9        |****************************************|\n"
        "        4          : 0        |                                        |\n"
        "        5          : 1        |****                                    |\n")


def test_zeros_inside_are_kept_when_leading_ones_are_stripped(capsys):
    scalar({3: 1, 5: 1}).print_log2_hist(strip_leading_zero=True)
    rows = capsys.readouterr().out.splitlines()[1:]
    assert [row.split(":")[0].strip() for row in rows] == ["4 -> 7", "8 -> 15", "16 -> 31"]


@pytest.mark.parametrize("entries", [{}, {0: 5}])
def test_nothing_to_show_prints_nothing(entries, capsys):
    scalar(entries).print_log2_hist()
    assert capsys.readouterr().out == ""


def test_a_histogram_for_each_bucket(capsys):
    table = Table(DiskKey, {(b"sda", 1): 1, (b"sdb", 2): 4, (b"sda", 2): 2})
    table.print_log2_hist("usecs", "disk", section_print_fn=lambda disk: disk.decode())
    assert capsys.readouterr().out == (
        "\ndisk = sda\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 1        |********************                    |\n"
        "         2 -> 3          : 2        |****************************************|\n"
        "\ndisk = sdb\n"
        "     usecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 4        |****************************************|\n")


def test_buckets_may_be_merged_and_sorted(capsys):
    table = Table(PaddedKey, {(3, b"", 1): 1, (2, b"", 1): 1, (1, b"", 1): 5})
    table.print_log2_hist(bucket_fn=lambda cpu: cpu // 2, bucket_sort_fn=sorted)
    assert re.findall(r"Bucket ptr = (\d)\n.*\n +0 -> 1 +: (\d)", capsys.readouterr().out) == [("0", "5"), ("1", "1")]


def test_a_value_beyond_the_linear_scale_is_named(capsys):
    with pytest.raises(IndexError, match=r"Index in print_linear_hist\(\) of 1025 exceeds max of 1025\."):
        scalar({1025: 1}).print_linear_hist()


def test_json_histogram(capsys):
    scalar({1: 1, 2: 2, 4: 7}).print_json_hist("usecs")
    line = capsys.readouterr().out
    assert re.fullmatch(
        r"\{'ts': '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', 'val_type': 'usecs', 'data': \["
        r"\{'interval-start': 0, 'interval-end': 1, 'count': 1\}, "
        r"\{'interval-start': 2, 'interval-end': 3, 'count': 2\}, "
        r"\{'interval-start': 4, 'interval-end': 7, 'count': 0\}, "
        r"\{'interval-start': 8, 'interval-end': 15, 'count': 7\}"
        r"\]\}\n", line)


def test_json_histogram_of_a_bucket_names_it(capsys):
    Table(DiskKey, {(b"sda", 1): 1}).print_json_hist(section_header="disk")
    assert capsys.readouterr().out.endswith(", 'disk': b'sda'}\n")
