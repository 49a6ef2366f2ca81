"""The canonical text of PostgreSQL's values, from what psycopg gives as the server's own text. Nothing here is the program's code.

The server's text is taken apart by the types that pg_type describes, down to scalars, and put together again as docs/types.md says.
"""
import re
from dataclasses import dataclass, field

from lib.sources import PostgresSource
from lib.texts import INFINITE, INVALID, NOT_A_NUMBER, NULL, NoText


@dataclass
class Kind:
    """A type: what it is (see PostgresReader.kind), and what it is made of."""
    name: str
    form: str = "scalar"                         # array, composite, range, multirange
    digits: int = 6                              # of a time's fraction
    parts: list["Kind"] = field(default_factory=list)


class Withheld(Exception):
    """A value within has no text, so neither has the whole."""
    def __init__(self, why: NoText):
        self.why = why


class PostgresReader:
    TYPE = """SELECT t.typname, t.typtype, t.typcategory, t.typlen, t.typelem, t.typbasetype, t.typtypmod, t.typrelid, r.rngsubtype, m.rngtypid
              FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_range m ON m.rngmultitypid = t.oid WHERE t.oid = %s"""

    def __init__(self, url: str):
        self.connection = PostgresSource(url).connection

    def kind(self, oid: int, modifier: int) -> Kind:
        name, form, category, length, element, base, base_modifier, relation, subtype, range_type = self.connection.execute(self.TYPE, [oid]).fetchone()
        if form == "d":
            return self.kind(base, modifier if modifier >= 0 else base_modifier)
        if category == "A" and length == -1:
            return Kind(name, "array", parts=[self.kind(element, modifier)])
        if form == "c":
            fields = self.connection.execute("SELECT atttypid, atttypmod FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum", [relation])
            return Kind(name, "composite", parts=[self.kind(*each) for each in fields.fetchall()])
        if form == "r":
            return Kind(name, "range", parts=[self.kind(subtype, -1)])
        if form == "m":
            return Kind(name, "multirange", parts=[self.kind(range_type, -1)])
        return Kind(name, digits=modifier if modifier >= 0 and name.startswith("time") else 6)

    def rows(self, table: str):
        described = self.connection.execute("SELECT atttypid, atttypmod FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'v'", [table]).fetchone()
        kind = self.kind(*described)
        # money has no text that is free of the locale, but its number.
        column = "v::numeric" if kind.name == "money" else "v"
        result = self.connection.execute(f'SELECT id, {column} FROM "{table}"').pgresult
        for row in range(result.ntuples):
            text = result.get_value(row, 1)
            yield result.get_value(row, 0).decode(), self.text(kind, text)

    @staticmethod
    def text(kind: Kind, text: bytes | None):
        if text is None:
            return NULL
        try:
            return canonical(kind, text.decode()).encode()
        except Withheld as withheld:
            return withheld.why


def canonical(kind: Kind, text: str) -> str:
    if kind.form == "array":
        return array(kind.parts[0], text)
    if kind.form == "composite":
        return "(" + ",".join("" if part is None else element(of, part, "composite") for of, part in zip(kind.parts, fields(text))) + ")"
    if kind.form == "range":
        return a_range(kind.parts[0], text)
    if kind.form == "multirange":
        return "{" + ",".join(a_range(kind.parts[0].parts[0], each) for each in re.findall(r'[\[(](?:"(?:[^"\\]|\\.|"")*"|[^"])*?[\])]', text[1:-1])) + "}"
    return scalar(kind, text)


def scalar(kind: Kind, text: str) -> str:
    if text in ("NaN", "Infinity", "-Infinity", "infinity", "-infinity") and kind.name in ("float4", "float8", "numeric", "date", "timestamp", "timestamptz"):
        raise Withheld(NOT_A_NUMBER if text == "NaN" else INFINITE)
    if kind.name == "bool":
        return {"t": "true", "f": "false"}[text]
    if kind.name == "date":
        return day(text)
    if kind.name in ("timestamp", "timestamptz"):
        before_christ = text.endswith(" BC")
        date, time = text.removesuffix(" BC").split(" ")
        if not before_christ and int(date.split("-")[0]) > 294246:
            raise Withheld(INVALID)              # the last year does not fit 64 bits of microseconds since 1970
        zone = "Z" if kind.name == "timestamptz" else ""
        if zone:
            assert time.endswith("+00"), text
            time = time[:-3]
        return day(date + (" BC" if before_christ else "")) + "T" + clock(time, kind.digits) + zone
    if kind.name == "time":
        return clock(text, kind.digits)
    if kind.name == "timetz":
        time, sign, zone = re.fullmatch(r"([\d:.]+)([+-])([\d:]+)", text).groups()
        return clock(time, kind.digits) + sign + (zone if ":" in zone else zone + ":00")
    return text


def day(text: str) -> str:
    """A year before 1 as ISO 8601 counts it, five digits or more with a sign."""
    year, rest = re.fullmatch(r"(\d+)(-\d\d-\d\d)(?: BC)?", text).groups()
    if text.endswith(" BC"):
        return ("-" if int(year) > 1 else "") + f"{int(year) - 1:04d}{rest}"
    return ("+" if int(year) > 9999 else "") + year + rest


def clock(text: str, digits: int) -> str:
    whole, _, fraction = text.partition(".")
    return whole + ("." + fraction.ljust(digits, "0") if digits else "")


def element(kind: Kind, text: str, within: str) -> str:
    """A value inside another: quoted as the server does within an array, a composite or a range."""
    inner = canonical(kind, text)
    special = {"array": r'[",{}\\ \t\n\r\v\f]', "composite": r'[",()\\ \t\n\r\v\f]', "range": r'[",()\[\]\\ \t\n\r\v\f]'}[within]
    if inner == "" or (within == "array" and inner.upper() == "NULL") or re.search(special, inner):
        return '"' + re.sub(r'(["\\])', r"\\\1" if within == "array" else r"\1\1", inner) + '"'
    return inner


def array(of: Kind, text: str) -> str:
    if text.startswith("["):                     # explicit bounds: [0:1]={a,b}
        text = text.partition("=")[2]
    at = 0

    def parse() -> str:
        nonlocal at
        at += 1
        found = []
        while text[at] != "}":
            if text[at] == ",":
                at += 1
            elif text[at] == "{":
                found.append(parse())
            elif text[at] == '"':
                match = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(text, at)
                found.append(element(of, re.sub(r"\\(.)", r"\1", match.group(1), flags=re.DOTALL), "array"))
                at = match.end()
            else:
                match = re.compile(r"[^,}]+").match(text, at)
                found.append("NULL" if match.group() == "NULL" else element(of, match.group(), "array"))
                at = match.end()
        at += 1
        return "{" + ",".join(found) + "}"

    return parse()


def unquoted(text: str) -> str:
    """One field or bound: quotes doubled or escaped, anywhere in it."""
    return re.sub(r'""|\\(.)|"', lambda match: match.group(1) or ('"' if match.group() == '""' else ""), text, flags=re.DOTALL) if not text.startswith('"') else \
        re.sub(r'""|\\(.)', lambda match: match.group(1) or '"', text[1:-1], flags=re.DOTALL)


PIECE = re.compile(r'(?:"(?:[^"\\]|\\.|"")*"|[^",\\]|\\.)*', re.DOTALL)


def fields(text: str) -> list[str | None]:
    found, at, text = [], 0, text[1:-1]
    while True:
        match = PIECE.match(text, at)
        found.append(None if match.group() == "" else unquoted(match.group()))
        at = match.end()
        if at >= len(text):
            return found
        at += 1


def a_range(of: Kind, text: str) -> str:
    if text == "empty":
        return text
    low, high = fields(text)
    return text[0] + ("" if low is None else element(of, low, "range")) + "," + ("" if high is None else element(of, high, "range")) + text[-1]
