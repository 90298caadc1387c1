"""A file descriptor that is closed when nobody has it any more."""
import os


class FileDesc:
    def __init__(self, fd):
        if fd is None or fd < 0:
            raise Exception("Invalid file descriptor")
        self.fd = fd

    def clean_up(self):
        fd, self.fd = getattr(self, "fd", None), None
        if fd is not None and fd >= 0:
            os.close(fd)

    __del__ = clean_up

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.clean_up()
