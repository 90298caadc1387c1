"""Why the package's C++ module could not be imported."""
import os
import re
import sys


def explanation(error):
    """`error`: what importing it raised. A module that is built for another Python is not seen by this one at all."""
    directory = os.path.dirname(os.path.abspath(__file__))
    modules = sorted(name for name in os.listdir(directory) if re.fullmatch(r"_core\..*so", name))
    if not modules:
        return "bcc: there is no _core.*.so in %s: it is not built or installed completely" % directory
    ours = "%d.%d" % sys.version_info[:2]
    theirs = [re.sub(r"_core\.cpython-(\d)(\d+)-.*", r"\1.\2", name) for name in modules]
    if ours in theirs:
        return "bcc: %s cannot be loaded: %s" % (modules[theirs.index(ours)], error)
    return ("bcc in %s is built for Python %s, and this is %s: run it with python%s, or build it for this one "
            "(cmake -DPython3_EXECUTABLE=%s)" % (directory, ", ".join(theirs), ours, theirs[0], sys.executable))
