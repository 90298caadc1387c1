"""The tests of USDT probes once more, on this guest's kernel."""
import sys

import pytest
from places import REPOSITORY

sys.path[:0] = [str(REPOSITORY / "tests/python")]
pytest.register_assert_rewrite("test_usdt", "usdt_programs")

from test_usdt import *  # noqa: E402, F403
