"""A fresh ext4 on the scratch disk."""

import subprocess

import pytest


@pytest.fixture
def ext4(tmp_path, scratch_disk):
    place = tmp_path / "ext4"
    place.mkdir()
    subprocess.run(["mkfs.ext4", "-q", "-F", scratch_disk], check=True)
    subprocess.run(["mount", "-t", "ext4", scratch_disk, place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)
