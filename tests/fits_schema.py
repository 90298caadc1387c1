"""Whether a JSON value is what a schema says: the part of JSON Schema that `--schema` uses."""

TYPES = {"null": type(None), "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list,
         "object": dict}


def fits(value, schema: dict) -> bool:
    kind = schema["type"]
    if isinstance(kind, list):
        return any(fits(value, schema | {"type": each}) for each in kind)
    if "const" in schema and value != schema["const"]:
        return False
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return False
    if kind == "array":
        return all(fits(each, schema["items"]) for each in value)
    if kind != "object":
        return True
    properties = schema["properties"]
    return (set(schema.get("required", [])) <= set(value) <= set(properties)
            and all(fits(each, properties[name]) for name, each in value.items()))


def fits_one(value, schemas: list[dict]) -> bool:
    return any(fits(value, schema) for schema in schemas)
