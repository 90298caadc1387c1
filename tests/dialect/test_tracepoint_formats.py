"""Every tracepoint of this kernel, as TRACEPOINT_PROBE sees it: the fields lie where its format file says."""

import re
import subprocess

from cases import SONDE_CC

AT_ONCE = 150
FORMATS = "mount -t tracefs nodev /sys/kernel/tracing; cd /sys/kernel/tracing/events && grep -H field: */*/format"
FIELD = re.compile(r"(?P<category>[^/]+)/(?P<event>[^/]+)/format:\s*"
                   r"field:(?P<type>.*?)(?P<name>\w+)(?P<array>\[[^;]*\])?;"
                   r"\s*offset:(?P<offset>\d+);\s*size:(?P<size>\d+);")


def fields_of_events() -> dict[tuple[str, str], list[re.Match]]:
    """Read in a mount namespace of its own: the machine may have no tracefs mounted."""
    text = subprocess.run(["unshare", "-m", "sh", "-c", FORMATS], capture_output=True, text=True, check=True).stdout
    events = {}
    for line in text.splitlines():
        found = FIELD.match(line)
        assert found, line
        if found["category"] != "ftrace":  # what the tracers themselves write: no program can be attached
            events.setdefault((found["category"], found["event"]), []).append(found)
    return events


def probe(category: str, event: str, fields: list[re.Match]) -> str:
    checks = []
    for field in fields:
        dynamic = field["type"].startswith(("__data_loc", "__rel_loc"))
        name = ("data_loc_" if dynamic else "") + field["name"]
        place = f"__builtin_offsetof(struct tracepoint__{category}__{event}, {name})"
        checks.append(f"_Static_assert({place} == {field['offset']} && sizeof(args->{name}) == {field['size']}, "
                      f"\"{category}:{event} {name}\");")
    return f"TRACEPOINT_PROBE({category}, {event}) {{\n" + "\n".join(checks) + "\nreturn 0; }\n"


def test_all_events_of_this_kernel(tmp_path):
    events = fields_of_events()
    assert len(events) > 300
    programs = [probe(*names, fields) for names, fields in events.items()]
    source = tmp_path / "events.c"
    for start in range(0, len(programs), AT_ONCE):
        source.write_text("".join(programs[start:start + AT_ONCE]))
        done = subprocess.run([SONDE_CC, "--this-kernel", source, "-o", tmp_path / "events.o"],
                              capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
