"""The parts of the test bed behind tests/vm/run: kernels, the first root, and the guest itself."""


class BedError(Exception):
    """The bed, not the command in it, failed. The text is one line for the user; what follows a newline is a hint."""
