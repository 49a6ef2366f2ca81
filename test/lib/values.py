"""Attribute values as DynamoDB's typed JSON ({"S": ...}), from SQL values, by the rules of docs/types.md. Nothing here is the program's code.

`Refused` is raised for a value that DynamoDB cannot hold: its row must be a reject.
"""
import base64
import decimal
import json
import math
import re
import struct

NUMBERS = decimal.Context(prec=200, Emin=-100_000, Emax=100_000)


class Refused(Exception):
    pass


def number(value) -> dict:
    """N, exact: at most 38 significant digits, magnitude 1E-130 to 9.99E+125."""
    parsed = decimal.Decimal(value)
    if not parsed.is_finite():
        raise Refused("not finite")
    parsed = parsed.normalize(NUMBERS)
    if parsed == 0:
        return {"N": "0"}
    if len(parsed.as_tuple().digits) > 38 or not -130 <= parsed.adjusted() <= 125:
        raise Refused("beyond DynamoDB's numbers")
    return {"N": format(parsed, "f")}


def real(value: float) -> dict:
    """A double: the shortest decimal that reads back as the same double, which is what repr() gives."""
    if not math.isfinite(value):
        raise Refused("not finite")
    return number(repr(value))


def float32(text: str) -> dict:
    """PostgreSQL prints the shortest text that round-trips at four bytes; that text is the value."""
    value = number(text)
    struct.pack("<f", float(text))
    return value


def string(value: str) -> dict:
    return {"S": value}


def binary(value: bytes) -> dict:
    return {"B": base64.b64encode(value).decode()}


def document(text: str) -> dict:
    """A JSON document as M, L, S, N, BOOL, NULL."""
    def pairs(members):
        keys = [key for key, _ in members]
        if "" in keys or len(set(keys)) != len(keys):
            raise Refused("an empty or repeated key")
        return dict(members)

    def convert(value):
        if value is None:
            return {"NULL": True}
        if isinstance(value, bool):
            return {"BOOL": value}
        if isinstance(value, decimal.Decimal):
            return number(value)
        if isinstance(value, str):
            return {"S": value}
        if isinstance(value, list):
            return {"L": [convert(element) for element in value]}
        return {"M": {key: convert(element) for key, element in value.items()}}

    return convert(json.loads(text, parse_float=decimal.Decimal, parse_int=decimal.Decimal, object_pairs_hook=pairs))


def iso_time(text: str, digits: int) -> str:
    """The fraction of a time of day, filled up to the column's precision: "12:00:00.5" with 6 digits is 12:00:00.500000."""
    whole, _, fraction = text.partition(".")
    return whole + ("." + fraction.ljust(digits, "0") if digits else "")


def timestamp(text: str, digits: int) -> dict:
    """From PostgreSQL's ISO output; a zone, if any, is UTC ("+00") and becomes Z."""
    if text.endswith(" BC") or text.endswith("infinity"):
        raise Refused("outside the calendar")
    zone = ""
    if text.endswith("+00"):
        text, zone = text[:-3], "Z"
    day, time = text.split(" ")
    return string(f"{day}T{iso_time(time, digits)}{zone}")


def array(text: str, convert) -> dict:
    """PostgreSQL's array text, of any dimension; NULL elements are NULL values."""
    if text.startswith("["):                    # explicit bounds: [0:1]={a,b}
        text = text.partition("=")[2]
    position = 0

    def parse():
        nonlocal position
        position += 1                           # the opening brace
        elements = []
        while text[position] != "}":
            if text[position] == ",":
                position += 1
            elif text[position] == "{":
                elements.append(parse())
            elif text[position] == '"':
                match = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(text, position)
                elements.append(convert(re.sub(r"\\(.)", r"\1", match.group(1), flags=re.DOTALL)))
                position = match.end()
            else:
                match = re.compile(r"[^,}]+").match(text, position)
                elements.append({"NULL": True} if match.group() == "NULL" else convert(match.group()))
                position = match.end()
        position += 1
        return {"L": elements}

    return parse()


def postgres_converter(type_name: str, modifier: int):
    """A function from the text that COPY gives to an attribute value. `modifier` is atttypmod."""
    if type_name.endswith("[]"):
        element = postgres_converter(type_name[:-2], modifier)
        return lambda text: array(text, element)
    digits = 6 if modifier < 0 else modifier
    converters = {
        "int2": number, "int4": number, "int8": number, "oid": number, "numeric": number, "float8": number, "float4": float32,
        "bool": lambda text: {"BOOL": text == "t"},
        "bytea": lambda text: binary(bytes.fromhex(text[2:])),
        "json": document, "jsonb": document,
        "date": lambda text: timestamp(text + " 0", 0) and string(text),
        "timestamp": lambda text: timestamp(text, digits), "timestamptz": lambda text: timestamp(text, digits),
        "time": lambda text: string(iso_time(text, digits)),
    }
    if type_name in converters:
        return converters[type_name]
    if type_name in ("text", "varchar", "bpchar", "name", "uuid", "citext", "inet", "cidr", "macaddr", "xml", "interval") or type_name.startswith("enum:"):
        return string
    raise NotImplementedError(f"this checker does not know the type {type_name}")


def sqlite_attribute(declared: str, value):
    """By the value's own storage class; where the declared type says what a value means, by that."""
    declared = declared.upper()
    if isinstance(value, int):
        if declared in ("BOOLEAN", "BOOL") and value in (0, 1):
            return {"BOOL": bool(value)}
        return number(value)
    if isinstance(value, float):
        return real(value)
    if isinstance(value, bytes):
        return binary(value)
    if declared in ("JSON", "JSONB"):
        return document(value)
    if declared in ("TIMESTAMP", "DATETIME") and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", value):
        return string(value.replace(" ", "T"))
    return string(value)


def canonical(value: dict):
    """One form for equal values: numbers by value, sets sorted, binary as base64 text."""
    (kind, content), = value.items()
    if kind == "N":
        return {"N": number(content)["N"]}
    if kind == "NS":
        return {"NS": sorted(number(element)["N"] for element in content)}
    if kind in ("SS", "BS"):
        return {kind: sorted(base64.b64encode(element).decode() if isinstance(element, bytes) else element for element in content)}
    if kind == "B":
        return {"B": base64.b64encode(content).decode() if isinstance(content, bytes) else content}
    if kind == "L":
        return {"L": [canonical(element) for element in content]}
    if kind == "M":
        return {"M": {name: canonical(element) for name, element in content.items()}}
    return value


def item_text(attributes: dict) -> str:
    """An item in one comparable text."""
    return json.dumps({name: canonical(value) for name, value in attributes.items()}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def key_text(attributes: dict, names: list[str]) -> str:
    """An item's key as comparable text; a key that lacks an attribute names it."""
    return "|".join(f"{name}={json.dumps(canonical(attributes[name]), ensure_ascii=False) if name in attributes else 'absent'}" for name in names)


def size(value: dict) -> int:
    """Bytes as DynamoDB counts a value (developer guide, "DynamoDB item sizes and formats"); a number by its digits, about."""
    (kind, content), = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(content.replace("-", "").replace(".", "").strip("0")) + 1) // 2 + 1
    if kind == "B":
        return len(base64.b64decode(content))
    if kind == "L":
        return 3 + sum(1 + size(element) for element in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + size(element) for name, element in content.items())
    if kind in ("SS", "NS", "BS"):
        return sum(size({kind[0]: element}) for element in content)
    return 1


def check_limits(item: dict, key: list[str]) -> None:
    """400 KB an item; 2048 bytes a partition key, 1024 a sort key ("Quotas in Amazon DynamoDB")."""
    for name, most in zip(key, (2048, 1024)):
        if size(item[name]) > most:
            raise Refused("a key too long")
    if sum(len(name.encode()) + size(value) for name, value in item.items()) > 400 * 1024:
        raise Refused("an item too large")
