"""ctypes classes from descriptions of types as libbcc gives them."""
import ctypes as ct

from .ctype_names import str2ctype

_RECORDS = {"struct": (ct.Structure, {}), "struct_packed": (ct.Structure, {"_pack_": 1}), "union": (ct.Union, {})}


def class_of(desc):
    if isinstance(desc, str):
        return str2ctype[desc]
    name, members, kind = desc[0], desc[1], desc[2] if len(desc) > 2 else "struct_packed"
    base, body = _RECORDS[kind]
    fields, anonymous = [], []
    for member in members:
        if _is_record(member):
            anonymous.append("__anon%d" % len(anonymous))
            fields.append((anonymous[-1], class_of(member)))
        else:
            fields.append(_field(*member))
    return type(name, (base,), {**body, "_anonymous_": anonymous, "_fields_": fields})


def _is_record(member):
    """A record without a field's name stands there itself, and not as the type of a field."""
    return isinstance(member[1], list) and len(member) == 3 and isinstance(member[2], str)


def _field(name, desc, extra=None):
    cls = class_of(desc)
    if isinstance(extra, list):  # the dimensions of an array
        for count in reversed(extra):
            cls = cls * count
        return name, cls
    return (name, cls) if extra is None else (name, cls, extra)
