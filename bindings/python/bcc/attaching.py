"""Where programs run: attaching to hooks of the kernel and detaching again. A part of BPF.

The session does the work and keeps the links; kept here is what scripts ask for: which events are open, with the
descriptors of the programs there.
"""
import os
from collections import namedtuple

from . import _core, quota
from .utils import _assert_is_bytes, get_online_cpus, text_of


Attachment = namedtuple("Attachment", "program wanted chosen why")


class Attaching:
    def _prepare_attaching(self):
        self.kprobe_fds = {}
        self.uprobe_fds = {}
        self._uprobe_names = {}  # {("uprobe", b"bash", b"readline", None, -1, 0): [b"p_bash_0x1234"]}
        self._uprobe_places = {}  # {b"p_bash_0x1234": {("uprobe", "/bin/bash:0x1234")}}
        self.tracepoint_fds = {}
        self.raw_tracepoint_fds = {}
        self.kfunc_entry_fds = {}
        self.kfunc_exit_fds = {}
        self.fmod_ret_fds = {}
        self.lsm_fds = {}
        self.open_perf_events = {}
        self._kprobe_targets = {}  # {b"p_vfs_read": ("kprobe", "vfs_read")}

    # By name

    def _attach_by_name(self):
        """Attaches the programs whose names or sections say where they go."""
        for name, kind, target, auto_attach in self._session.programs():
            if auto_attach:
                self._session.attach(name)
                self._remember(name.encode(), kind, target)

    def _remember(self, name, kind, target):
        if kind in ("kprobe", "kretprobe"):
            self._add_kprobe(kind, target, name)
        elif kind == "tracepoint":
            self.tracepoint_fds[target.encode()] = self._loaded_fd(name)
        elif kind == "raw_tracepoint":
            self.raw_tracepoint_fds[target.encode()] = self._loaded_fd(name)
        else:
            fds = self._tracing_fds(kind)
            if fds is not None:
                fds[name] = self._loaded_fd(name)

    # Kernel functions by kprobe

    def attach_kprobe(self, event=b"", event_off=0, fn_name=b"", event_re=b""):
        """Runs the program fn_name when the function `event` is entered, or at event_off bytes into it: also
        "event+0x10"."""
        if event_re:
            self._attach_matching("kprobe", event_re, fn_name, self._session.attach_kprobes)
            return None
        return self._attach_kprobe("kprobe", event, fn_name, self._session.attach_kprobe, event_off)

    def attach_kretprobe(self, event=b"", fn_name=b"", event_re=b"", maxactive=0):
        """Runs the program fn_name when the function `event` returns."""
        if event_re:
            self._attach_matching("kretprobe", event_re, fn_name, self._session.attach_kretprobes, maxactive)
            return None
        return self._attach_kprobe("kretprobe", event, fn_name, self._session.attach_kretprobe, maxactive)

    def _attach_kprobe(self, kind, event, fn_name, attach, extra):
        event, fn_name = _assert_is_bytes(event), _assert_is_bytes(fn_name)
        quota.check(1)
        self._require_program(fn_name)
        function, plus, offset = event.partition(b"+")
        try:
            attach(function, fn_name, int(offset, 0) if plus else extra)
        except Exception as error:
            raise Exception(_kprobe_failure(fn_name, event, error)) from None
        self._add_kprobe(kind, text_of(event), fn_name)
        return self

    def _attach_matching(self, kind, event_re, fn_name, attach, *extra):
        """Functions that cannot be probed are left out; all of them: an exception."""
        matches, fn_name = sorted(self.get_kprobe_functions(event_re)), _assert_is_bytes(fn_name)
        quota.check(len(matches))
        self._require_program(fn_name)
        if not matches:
            raise Exception("%s: no function of this kernel that can be probed matches"
                            % _kprobe_title(fn_name, event_re))
        try:
            attached = attach(matches, fn_name, *extra)
        except Exception as error:
            raise Exception(_kprobe_failure(fn_name, matches[-1], error)) from None
        for function in attached:
            self._add_kprobe(kind, function, fn_name)

    def _add_kprobe(self, kind, target, fn_name):
        event = _kprobe_event(kind, target)
        self._add_kprobe_fd(event, fn_name, self._loaded_fd(fn_name))
        self._kprobe_targets[event] = (kind, target.partition("+")[0])

    def detach_kprobe(self, event, fn_name=None):
        self._detach_kprobe("kprobe", event, fn_name)

    def detach_kretprobe(self, event, fn_name=None):
        self._detach_kprobe("kretprobe", event, fn_name)

    def _detach_kprobe(self, kind, event, fn_name):
        name = _kprobe_event(kind, text_of(event))
        if name not in self.kprobe_fds:  # a program attached by its name may have called it sys_…
            name = _kprobe_event(kind, text_of(self.fix_syscall_fnname(event)))
        if fn_name:
            self.detach_kprobe_event_by_fn(name, fn_name)
        else:
            self.detach_kprobe_event(name)

    def detach_kprobe_event(self, ev_name):
        ev_name = _assert_is_bytes(ev_name)
        for fn_name in list(self.kprobe_fds.get(ev_name) or [None]):
            self.detach_kprobe_event_by_fn(ev_name, fn_name)

    def detach_kprobe_event_by_fn(self, ev_name, fn_name):
        ev_name, fn_name = _assert_is_bytes(ev_name), _assert_is_bytes(fn_name)
        if ev_name not in self.kprobe_fds or fn_name not in self.kprobe_fds[ev_name]:
            raise Exception("Kprobe %s is not attached" % text_of(ev_name))
        if ev_name in self._kprobe_targets:
            kind, target = self._kprobe_targets[ev_name]
            self._session.detach(kind, target, fn_name)
        else:  # the script attached it by itself
            os.close(self.kprobe_fds[ev_name][fn_name])
        self._del_kprobe_fd(ev_name, fn_name)

    def _add_kprobe_fd(self, ev_name, fn_name, fd):
        """Notes the descriptor of a probe that the script opened by itself; detaching closes it."""
        programs = self.kprobe_fds.setdefault(ev_name, {})
        if fn_name not in programs:
            quota.add(1)
        programs[fn_name] = fd

    def _del_kprobe_fd(self, ev_name, fn_name):
        del self.kprobe_fds[ev_name][fn_name]
        quota.add(-1)
        if not self.kprobe_fds[ev_name]:
            del self.kprobe_fds[ev_name]
            self._kprobe_targets.pop(ev_name, None)

    def _check_probe_quota(self, num_new_probes):
        quota.check(num_new_probes)

    def num_open_kprobes(self):
        return len(self.kprobe_fds)

    # Tracepoints

    def attach_tracepoint(self, tp=b"", tp_re=b"", fn_name=b""):
        """Runs the program fn_name at the tracepoint "category:event", or at all that match tp_re."""
        fn_name = _assert_is_bytes(fn_name)
        if tp_re:
            for each in self.get_tracepoints(tp_re):
                self.attach_tracepoint(tp=each, fn_name=fn_name)
            return None
        tp = _assert_is_bytes(tp)
        self._require_program(fn_name)
        try:
            self._session.attach_tracepoint(tp, fn_name)
        except Exception as error:
            raise Exception("Failed to attach BPF program %s to tracepoint %s: %s"
                            % (text_of(fn_name), text_of(tp), error)) from None
        self.tracepoint_fds[tp] = self._loaded_fd(fn_name)
        return self

    def detach_tracepoint(self, tp=b""):
        self._detach_event("tracepoint", "Tracepoint", self.tracepoint_fds, tp)

    def num_open_tracepoints(self):
        return len(self.tracepoint_fds)

    def attach_raw_tracepoint(self, tp=b"", fn_name=b""):
        """Runs the program fn_name at the tracepoint `tp` (its event's name alone), with the arguments unprocessed."""
        tp, fn_name = _assert_is_bytes(tp), _assert_is_bytes(fn_name)
        if tp in self.raw_tracepoint_fds:
            raise Exception("Raw tracepoint %s has been attached" % text_of(tp))
        self._require_program(fn_name)
        try:
            self._session.attach_raw_tracepoint(tp, fn_name)
        except Exception as error:
            raise Exception("Failed to attach BPF to raw tracepoint: %s" % error) from None
        self.raw_tracepoint_fds[tp] = self._loaded_fd(fn_name)
        return self

    def detach_raw_tracepoint(self, tp=b""):
        self._detach_event("raw_tracepoint", "Raw tracepoint", self.raw_tracepoint_fds, tp)

    def _detach_event(self, kind, title, fds, tp):
        tp = _assert_is_bytes(tp)
        if tp not in fds:
            raise Exception("%s %s is not attached" % (title, text_of(tp)))
        self._session.detach(kind, tp, "")
        del fds[tp]

    # Kernel functions by trampoline, and security hooks

    def attach_kfunc(self, fn_name=b""):
        return self._attach_tracing("fentry", fn_name)

    def attach_kretfunc(self, fn_name=b""):
        return self._attach_tracing("fexit", fn_name)

    def attach_fmod_ret(self, fn_name=b""):
        return self._attach_tracing("fmod_ret", fn_name)

    def attach_lsm(self, fn_name=b""):
        return self._attach_tracing("lsm", fn_name)

    def detach_kfunc(self, fn_name=b""):
        self._detach_tracing("fentry", fn_name)

    def detach_kretfunc(self, fn_name=b""):
        self._detach_tracing("fexit", fn_name)

    def detach_fmod_ret(self, fn_name=b""):
        self._detach_tracing("fmod_ret", fn_name)

    def detach_lsm(self, fn_name=b""):
        self._detach_tracing("lsm", fn_name)

    def _tracing_fds(self, kind):
        return {"fentry": self.kfunc_entry_fds, "fexit": self.kfunc_exit_fds, "fmod_ret": self.fmod_ret_fds,
                "lsm": self.lsm_fds}.get(kind)

    def _attach_tracing(self, kind, fn_name):
        fn_name = self.add_prefix(_core.function_prefix(kind), fn_name)
        fds = self._tracing_fds(kind)
        if fn_name in fds:
            raise Exception("%s%s has been attached" % (_TRACING_TITLES[kind], text_of(fn_name)))
        self._require_program(fn_name)
        self._session.attach_tracing(fn_name)
        fds[fn_name] = self._loaded_fd(fn_name)
        return self

    def _detach_tracing(self, kind, fn_name):
        fn_name = self.add_prefix(_core.function_prefix(kind), fn_name)
        fds = self._tracing_fds(kind)
        if fn_name not in fds:
            raise Exception("%s%s is not attached" % (_TRACING_TITLES[kind], text_of(fn_name)))
        self._session.detach(kind, self._hook_target(fn_name), fn_name)
        del fds[fn_name]

    def _hook_target(self, fn_name):
        return next(target for name, _, target, _ in self._session.programs() if name.encode() == fn_name)

    # perf events

    def attach_perf_event(self, ev_type=-1, ev_config=-1, fn_name=b"", sample_period=0, sample_freq=0, pid=-1, cpu=-1,
                          group_fd=-1):
        """Runs the program fn_name at every sample_period-th event, or sample_freq times a second."""
        if ev_type < 0 or ev_config < 0:
            raise Exception("Failed to attach BPF to perf event: ev_type and ev_config say which")
        self._attach_perf_event("perf event", ev_type, ev_config, cpu, self._session.attach_perf_event, fn_name,
                                ev_type, ev_config, sample_period, sample_freq, pid, cpu, group_fd)

    def attach_perf_event_raw(self, attr=-1, fn_name=b"", pid=-1, cpu=-1, group_fd=-1):
        """The same for an event described by a whole Perf.perf_event_attr."""
        self._attach_perf_event("perf raw event", attr.type, attr.config, cpu, self._session.attach_perf_event_raw,
                                fn_name, attr, pid, cpu, group_fd)

    def _attach_perf_event(self, title, ev_type, ev_config, cpu, attach, fn_name, *arguments):
        fn_name = _assert_is_bytes(fn_name)
        self._require_program(fn_name)
        try:
            attach(fn_name, *arguments)
        except Exception as error:
            raise Exception("Failed to attach BPF to %s: %s" % (title, error)) from None
        fds = {each: self._loaded_fd(fn_name) for each in ([cpu] if cpu >= 0 else get_online_cpus())}
        self.open_perf_events.setdefault((ev_type, ev_config), {}).update(fds)

    def detach_perf_event(self, ev_type=-1, ev_config=-1):
        if self.open_perf_events.pop((ev_type, ev_config), None) is None:
            raise Exception("Perf event type %d config %d not attached" % (ev_type, ev_config))
        self._session.detach("perf_event", "%d:%d" % (ev_type, ev_config), "")

    # All of them

    def attachments(self):
        """What was attached, to what, and why: the hook that was asked for is not always the one that was taken."""
        return [Attachment(*each) for each in self._session.attachments()]

    def _forget_attachments(self):
        """Bookkeeping of a session that is about to go and takes its attachments with it."""
        quota.add(-sum(len(programs) for programs in self.kprobe_fds.values()))
        quota.add(-sum(len(places) for places in self._uprobe_places.values()))
        self._prepare_attaching()


_TRACING_TITLES = {"fentry": "Kernel entry func ", "fexit": "Kernel exit func ", "fmod_ret": "Fmod ret func ",
                   "lsm": "LSM "}


def _kprobe_event(kind, target):
    prefix = "r_" if kind == "kretprobe" else "p_"
    return (prefix + target.replace("+", "_").replace(".", "_")).encode()


def _kprobe_title(fn_name, event):
    return "Failed to attach BPF program %s to kprobe %s" % (text_of(fn_name), text_of(event))


def _kprobe_failure(fn_name, event, error):
    """In BCC's words where they are true: not of a program that the verifier refused, nor of a kernel without
    kprobes."""
    about_function = getattr(error, "kind", "") in ("not_found", "invalid")
    why = ", it's not traceable (either non-existing, inlined, or marked as \"notrace\")" if about_function else ""
    return "%s%s: %s" % (_kprobe_title(fn_name, event), why, error)
