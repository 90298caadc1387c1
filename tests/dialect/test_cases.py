"""Every dialect case: what is accepted gives the programs, maps and calls that it says; what is rejected says why and
where."""

import platform

import pytest
from cases import cases, compile_case, expected_messages
from object_file import HELPERS

ACCEPTED = cases("accepted")
REJECTED = cases("rejected")
TARGETS = {"portable": [], "this-kernel": ["--this-kernel"]}


def named(case):
    return case.name


def test_there_are_cases():
    assert ACCEPTED and REJECTED


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", ACCEPTED, ids=named)
def test_accepted(case, target, tmp_path):
    compiled = compile_case(case, tmp_path, *TARGETS[target])
    assert compiled.status == 0, compiled.said
    assert compiled.messages() == expected_messages(case)
    spec = compiled.spec
    assert spec["portable"] == (target == "portable")
    check_spec(case, spec)
    check_calls(case, compiled.object, spec)


@pytest.mark.parametrize("case", REJECTED, ids=named)
def test_rejected(case, tmp_path):
    compiled = compile_case(case, tmp_path)
    assert compiled.status == 1, compiled.said
    assert not compiled.output.exists()
    assert list(tmp_path.iterdir()) == []
    assert compiled.messages() == expected_messages(case)
    assert any(line.startswith("error") for line in expected_messages(case)), "a rejected case expects an error"


def check_spec(case, spec):
    words = {"map", "program", "event", "tracepoint", "license"}
    words |= {"variants", "shared"} if spec["portable"] else set()
    readers = (maps, programs, variants, shared, events, tracepoints, license_of)
    lines = [line for read in readers for line in read(spec)]
    for word, text in case.expectations:
        if word in words:
            assert f"{word} {text}".replace("{release}", platform.release()) in lines


def maps(spec):
    for map in spec.get("maps", []):
        line = (f"map {map['name']} {map.get('kind') or '-'} type {map['type']} "
                f"key {map['key_size']} value {map['value_size']}")
        yield f"{line} entries {map['max_entries']}" + (f" flags {map['flags']}" if map["flags"] else "")


def programs(spec):
    for program in spec.get("programs", []):
        hook = program["hook"]
        where = ":".join(filter(None, [hook["kind"], hook["target"]])) or "none"
        yield f"program {program['name']} hook {where}" + (" auto" if program["auto_attach"] else "")


def variants(spec):
    for program in spec.get("programs", []):
        variants = [each["kind"] for each in program.get("variants", []) if each.get("symbol")]
        yield " ".join(["variants", program["name"], *variants])


def shared(spec):
    for program in spec.get("programs", []):
        same = [each["kind"] for each in program.get("variants", []) if each.get("symbol") == program["symbol"]]
        yield " ".join(["shared", program["name"], *same])


def events(spec):
    for map in spec.get("maps", []):
        if map.get("event") is not None:
            yield f"event {map['name']} {type_name(spec['types'][map['event']])}"


def type_name(type):
    """`struct data_t {pid comm}`: the tag and the names of the fields."""
    name = type.get("name") or type.get("spelling") or "(unnamed)"
    return f"{type['kind']} {name} {{{' '.join(each.get('name', '') for each in type.get('fields', []))}}}"


def tracepoints(spec):
    for each in spec.get("tracepoints", []):
        fields = sorted(field["name"] for field in each["fields"])
        yield " ".join(["tracepoint", f"{each['category']}:{each['event']}", *fields])


def license_of(spec):
    yield f"license {spec['license']}"


def check_calls(case, made, spec):
    """`calls HELPER N [in PROGRAM]` and `no HELPER`: over all programs, without their variants."""
    counted = {program["name"]: made.calls("sonde/" + program["symbol"]) for program in spec["programs"]}
    for line in case.all("calls"):
        helper, count, *where = line.split()
        programs = where[1:] or counted
        assert sum(counted[each][HELPERS[helper]] for each in programs) == int(count), line
    for helper in case.all("no"):
        assert not any(calls[HELPERS[helper]] for calls in counted.values()), f"{helper} is called"
