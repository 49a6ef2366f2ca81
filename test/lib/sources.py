"""Rows of a source, read without the program: PostgreSQL by COPY's text format in one transaction, SQLite by Python's own module, MySQL and
MariaDB by PyMySQL (lib/mysql_client.py)."""
import re
import sqlite3
from dataclasses import dataclass, field
from typing import Callable, Iterator
from urllib.parse import unquote

from lib import values


@dataclass
class Column:
    name: str
    type: str                                    # PostgreSQL: int4, text, ...; SQLite: as declared; MySQL: bigint, varchar, ...
    nullable: bool = True


@dataclass
class Table:
    name: str
    columns: list[Column]
    identity: list[str] = field(default_factory=list)     # the primary key, or a unique key over NOT NULL columns; empty: none
    converters: list[Callable] = field(default_factory=list)

    def width(self, name: str) -> int:
        """Bytes of an integer column."""
        kind = next(column.type for column in self.columns if column.name == name)
        return {"int2": 2, "int4": 4, "tinyint": 2, "smallint": 2, "year": 2, "mediumint": 4, "int": 4}.get(kind, 8)


class Row:
    """One row: raw values by column name, and as attribute values."""
    __slots__ = ("raw", "table")

    def __init__(self, table: Table, raw: list):
        self.table = table
        self.raw = dict(zip((column.name for column in table.columns), raw))

    def attributes(self) -> dict:
        """Every column that is not NULL. Raises values.Refused."""
        found = {}
        for column, convert in zip(self.table.columns, self.table.converters):
            value = self.raw[column.name]
            converted = None if value is None else convert(value)
            if converted is not None:            # an empty set is absent, too
                found[column.name] = converted
        return found


class PostgresSource:
    CATALOG = """
        SELECT c.oid, c.relname, a.attname, t.typname, t.typtype, e.typname, a.atttypmod, a.attnotnull
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = 'public' ORDER BY c.relname, a.attnum"""
    KEYS = """
        SELECT array_agg(a.attname ORDER BY k.ordinality) FROM pg_index i CROSS JOIN unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY k
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.k
        WHERE i.indrelid = %s AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
        GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull) ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1"""

    def __init__(self, url: str):
        import psycopg
        self.connection = psycopg.connect(url)
        for setting in ("SET datestyle = 'ISO, YMD'", "SET timezone = 'UTC'", "SET intervalstyle = 'iso_8601'", "SET extra_float_digits = 1",
                        "SET bytea_output = 'hex'", "SET client_encoding = 'UTF8'"):
            self.connection.execute(setting)
        self.connection.commit()
        self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def tables(self) -> list[Table]:
        found: dict[int, Table] = {}
        for oid, table, column, kind, category, element, modifier, not_null in self.connection.execute(self.CATALOG).fetchall():
            name = f"{element}[]" if element else f"enum:{kind}" if category == "e" else kind
            entry = found.setdefault(oid, Table(table, []))
            entry.columns.append(Column(column, name, not not_null))
            entry.converters.append(values.postgres_converter(name, modifier))
        for oid, table in found.items():
            key = self.connection.execute(self.KEYS, [oid]).fetchone()
            table.identity = list(key[0]) if key else []
        return list(found.values())

    ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

    def rows(self, table: Table) -> Iterator[Row]:
        columns = ", ".join('"%s"' % column.name.replace('"', '""') for column in table.columns)
        quoted = '"%s"' % table.name.replace('"', '""')
        unescape = re.compile(r"\\(.)", re.DOTALL)
        rest = b""
        with self.connection.cursor().copy(f"COPY (SELECT {columns} FROM {quoted}) TO STDOUT") as copy:
            for block in copy:
                *lines, rest = (rest + bytes(block)).split(b"\n")
                for line in lines:
                    fields = line.decode().split("\t")
                    yield Row(table, [None if f == "\\N" else unescape.sub(lambda m: self.ESCAPES.get(m.group(1), m.group(1)), f) if "\\" in f else f for f in fields])


class SqliteSource:
    def __init__(self, path: str):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.connection.execute("BEGIN")

    def tables(self) -> list[Table]:
        found = []
        for (name,) in self.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall():
            quoted = '"%s"' % name.replace('"', '""')
            info = self.connection.execute(f"PRAGMA table_info({quoted})").fetchall()
            table = Table(name, [Column(column, declared, not not_null) for _, column, declared, not_null, _, _ in info])
            table.converters = [lambda value, declared=column.type: values.sqlite_attribute(declared, value) for column in table.columns]
            table.identity = [column for _, column in sorted((rank, column) for _, column, _, _, _, rank in info if rank)]
            found.append(table)
        return found

    def rows(self, table: Table) -> Iterator[Row]:
        columns = ", ".join('"%s"' % column.name.replace('"', '""') for column in table.columns)
        quoted = '"%s"' % table.name.replace('"', '""')
        for raw in self.connection.execute(f"SELECT {columns} FROM {quoted}"):
            yield Row(table, list(raw))


def open_source(url: str):
    """A postgresql://, mysql:// or mariadb:// URL, or sqlite:path."""
    if url.startswith(("mysql:", "mariadb:")):
        from lib.mysql_client import MysqlSource
        return MysqlSource(url)
    if url.startswith("sqlite:"):
        return SqliteSource(unquote(url.removeprefix("sqlite:")))
    return PostgresSource(url)
