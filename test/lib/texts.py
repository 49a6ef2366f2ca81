"""The canonical text of a value (docs/types.md), from an independent driver's reading. Nothing here is the program's code.

A reader gives rows(table): the columns id and v of each row, v as bytes of its canonical text, or a NoText that says why there is none.
"""
import math
import re
import sqlite3
from typing import Iterator
from urllib.parse import unquote


class NoText:
    def __init__(self, why: str):
        self.why = why

    def __str__(self) -> str:
        return self.why


NULL, NOT_A_NUMBER, INFINITE, INVALID = NoText("NULL"), NoText("not a number"), NoText("infinite"), NoText("invalid")


def double(value: float):
    """PostgreSQL's notation of the shortest text that reads back as the same double."""
    if math.isnan(value):
        return NOT_A_NUMBER
    if math.isinf(value):
        return INFINITE
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, exponent = significant(repr(abs(value)))
    if exponent < -4 or exponent >= 15:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    elif exponent < 0:
        text = "0." + "0" * (-exponent - 1) + digits
    else:
        whole = digits[:exponent + 1].ljust(exponent + 1, "0")
        text = whole + ("." + digits[exponent + 1:] if len(digits) > exponent + 1 else "")
    return (sign + text).encode()


def significant(text: str) -> tuple[str, int]:
    """The digits of a positive number without zeros around them, and the power of ten of the first."""
    mantissa, _, power = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    exponent = int(power or 0) + len(whole) - 1
    digits = whole + fraction
    stripped = digits.lstrip("0")
    exponent -= len(digits) - len(stripped)
    return (stripped.rstrip("0") or "0", exponent if stripped else 0)


class SqliteReader:
    def __init__(self, path: str):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.connection.text_factory = bytes        # text as it is stored, UTF-8 or not

    def rows(self, table: str) -> Iterator[tuple]:
        declared = next(kind for _, name, kind, *_ in self.connection.execute(f'PRAGMA table_info("{table}")') if name == b"v").decode().upper()
        for identity, storage, value in self.connection.execute(f'SELECT id, typeof(v), v FROM "{table}"'):
            yield identity, self.text(declared, storage, value)

    @staticmethod
    def text(declared: str, storage: bytes, value):
        """SQLite has no booleans and times of its own: there the declared type says what the value means."""
        if declared in ("BOOLEAN", "BOOL") and value in (0, 1) and storage == b"integer":
            return b"true" if value else b"false"
        if declared in ("TIMESTAMP", "DATETIME") and storage == b"text" and re.fullmatch(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", value):
            return value.replace(b" ", b"T")
        if value is None:
            return NULL
        if storage == b"blob":
            return b"\\x" + value.hex().encode()
        if storage == b"text":
            return value
        return double(value) if isinstance(value, float) else str(value).encode()


def open_reader(url: str):
    if url.startswith("sqlite:"):
        return SqliteReader(unquote(url.removeprefix("sqlite:")))
    if url.startswith(("mysql:", "mariadb:")):
        from lib.mysql_client import ValueReader
        return ValueReader(url)
    if url.startswith(("postgresql:", "postgres:")):
        from lib.postgres_texts import PostgresReader
        return PostgresReader(url)
    raise SystemExit(f"read_values.py: no independent reader for {url.partition(':')[0]}:")
