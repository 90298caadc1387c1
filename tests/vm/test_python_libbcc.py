"""The tests of libbcc's functions once more, on this guest's kernel."""
import sys

import pytest
from places import REPOSITORY

sys.path[:0] = [str(REPOSITORY / "tests/python")]
pytest.register_assert_rewrite("test_libbcc")

from test_libbcc import *  # noqa: E402, F403
