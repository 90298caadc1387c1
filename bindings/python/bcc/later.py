"""What this version does not have, said clearly."""


def not_yet(what):
    """An Exception to raise."""
    return Exception("%s: not in this version of sonde's bcc package. Programs on kprobes, tracepoints, raw tracepoints, "
                     "kernel functions (kfunc), user functions (uprobes), USDT probes and perf events work." % what)
