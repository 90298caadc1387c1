"""Tests in this folder load modules, mount, and trace everything: they run in a guest only."""

import os

import pytest


def pytest_collection_modifyitems(items):
    if "SONDE_IN_GUEST" not in os.environ:
        raise pytest.UsageError("tests/vm runs in a guest: tests/vm/run -- python3 -m pytest tests/vm")


@pytest.fixture(scope="session")
def scratch_disk() -> str:
    """An empty disk; every test that uses it makes its own file system on it."""
    return os.environ["SONDE_SCRATCH_DISK"]
