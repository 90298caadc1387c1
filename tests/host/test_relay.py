"""The guest's stream is taken apart wherever it is cut."""

import pytest

from bed.relay import Relay

STREAM = b"out\0put\n\0mark\n\0mark 3"


@pytest.mark.parametrize("size", range(1, len(STREAM) + 1))
def test_status_and_output_in_pieces_of_any_size(size):
    relay = Relay("mark")
    stream = STREAM + b"\n"
    output = b"".join(relay.feed(stream[at:at + size]) for at in range(0, len(stream), size))
    assert (output, relay.status) == (b"out\0put\n\0mark\n", 3)


def test_nothing_is_held_back_without_need():
    relay = Relay("mark")
    assert relay.feed(b"a line without its end") == b"a line without its end"
    assert relay.status is None
