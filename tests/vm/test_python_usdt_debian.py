"""The tests of the USDT probes that Debian's programs carry once more, on this guest's kernel."""
import sys

import pytest
from places import REPOSITORY

sys.path[:0] = [str(REPOSITORY / "tests/python")]
pytest.register_assert_rewrite("test_usdt_debian", "usdt_programs")

from test_usdt_debian import *  # noqa: E402, F403
