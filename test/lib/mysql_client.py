"""MySQL and MariaDB through PyMySQL: a connection by URL, and values in their canonical text (docs/types.md). Nothing here is the program's code."""
import math
import os
import re
import struct
from datetime import date
from typing import Iterator, Optional
from urllib.parse import parse_qs, unquote, urlsplit


def connect(url: str, **more):
    """mysql:// or mariadb://; the password from ITEMIZE_SOURCE_PASSWORD, or the test engines' own. Values come as str or bytes."""
    import pymysql
    parts = urlsplit(url)
    settings = parse_qs(parts.query)
    variables = ("ITEMIZE_SOURCE_PASSWORD", "ITEMIZE_TEST_MARIADB_PASSWORD", "ITEMIZE_TEST_MYSQL_PASSWORD")
    password = next((os.environ[name] for name in variables if name in os.environ), "")
    options = {"conv": {}, "charset": "utf8mb4", "autocommit": True, "sql_mode": "", "init_command": "SET SESSION time_zone = '+00:00'", **more}
    if "socket" in settings:
        options["unix_socket"] = settings["socket"][0]
    return pymysql.connect(host=parts.hostname or "localhost", port=parts.port or 3306, user=unquote(parts.username or ""), password=password,
                           database=unquote(parts.path.lstrip("/")) or None, **options)


def is_mysql8(connection) -> bool:
    version = connection.get_server_info()
    return "MariaDB" not in version and int(version.split(".")[0]) >= 8


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


# --- floats: the shortest digits that read back as the same number, in PostgreSQL's notation -----------------------------------------

def significant(text: str) -> tuple[str, int]:
    """The digits of a positive number without zeros around them, and the power of ten of the first."""
    mantissa, _, power = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    stripped = digits.lstrip("0")
    return stripped.rstrip("0") or "0", (int(power or 0) + len(whole) - 1 - (len(digits) - len(stripped))) if stripped else 0


def notation(digits: str, exponent: int, largest: int) -> str:
    if exponent < -4 or exponent >= largest:
        return digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    return digits[:exponent + 1].ljust(exponent + 1, "0") + ("." + digits[exponent + 1:] if len(digits) > exponent + 1 else "")


def four_bytes(value: float):
    """As a FLOAT is stored; None where it is too large for one."""
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return None


def float_text(value: float, single: bool) -> str:
    sign, size = "-" if math.copysign(1, value) < 0 else "", abs(value)
    text = repr(size)
    if single:
        stored = four_bytes(size)
        assert struct.unpack("<f", stored)[0] == size, "not a FLOAT"
        text = next(t for t in (f"{size:.{digits}e}" for digits in range(17)) if four_bytes(float(t)) == stored)
    return sign + notation(*significant(text), 6 if single else 15)


# --- times ---------------------------------------------------------------------------------------------------------------------------

def real_date(text: str) -> bool:
    year, month, day = map(int, text[:10].split("-"))
    try:
        date(year or 4, month, day)                       # Python has no year 0, which is a leap year
    except ValueError:
        return False
    return True


# --- canonical texts -----------------------------------------------------------------------------------------------------------------

def set_text(members: str) -> str:
    def element(text: str) -> str:
        if text and text != "NULL" and not re.search(r'["\\,{}()\[\] \t\n\r]', text):
            return text
        return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    return "{" + ",".join(map(element, members.split(",") if members else [])) + "}"


INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year"}
BINARY = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector"}
GEOMETRY = {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection"}


def select_expression(column: str, kind: str, mysql8: bool = False) -> str:
    """How to ask for a value so that nothing of it is lost in the text protocol."""
    name = quoted(column)
    if kind == "float":
        return name + " * 1e0"                           # not + 0e0, which makes 0 of -0
    if kind in GEOMETRY:
        # As it is stored, x first. MySQL 8 would turn latitude and longitude round, as the reference system has them.
        return f"ST_AsWKB({name}, 'axis-order=long-lat')" if mysql8 else f"ST_AsWKB({name})"
    return f"UNHEX(HEX({name}))" if kind == "vector" else name


def canonical(kind: str, column_type: str, value) -> Optional[str]:
    """`value` as PyMySQL gives it without conversions. None: the value has no text, because it is none (a zero date)."""
    if kind in BINARY or kind in GEOMETRY:
        return "\\x" + (value if isinstance(value, bytes) else value.encode()).hex()
    if kind == "bit":
        return f"{int.from_bytes(value, 'big'):0{int(re.search(r'[0-9]+', column_type).group())}b}"
    text = value.decode() if isinstance(value, bytes) else value
    if kind in INTEGERS:
        return str(int(text))                            # ZEROFILL and YEAR 0 are printed with zeros in front
    if kind in ("float", "double"):
        return float_text(float(text), kind == "float")
    if kind in ("date", "datetime", "timestamp"):
        if not real_date(text):
            return None
        return text.replace(" ", "T") + ("Z" if kind == "timestamp" else "")
    if kind == "set":
        return set_text(text)
    return text


def attribute(kind: str, column_type: str, value) -> Optional[dict]:
    """As an attribute value by the rules of docs/types.md; None where the attribute is absent (an empty set). Raises values.Refused."""
    from lib import values
    text = canonical(kind, column_type, value)
    if text is None:
        raise values.Refused("no date of the calendar")
    if kind in BINARY or kind in GEOMETRY:
        return values.binary(bytes.fromhex(text[2:]))
    if kind == "bit":
        return values.number(int(text, 2))
    if kind in INTEGERS or kind in ("decimal", "float", "double"):
        return values.number(text)
    if kind == "json":
        return values.document(text)
    if kind == "set":
        members = value.decode() if isinstance(value, bytes) else value
        return {"SS": members.split(",")} if members else None
    return values.string(text)


class MysqlSource:
    """For the checker: tables and rows of the URL's database, in one consistent transaction."""
    CATALOG = """
        SELECT c.table_name, c.column_name, c.data_type, c.column_type, c.is_nullable FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
        WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position"""
    KEYS = """
        SELECT table_name, index_name, column_name, nullable, sub_part FROM information_schema.statistics
        WHERE table_schema = DATABASE() AND non_unique = 0 ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index"""
    JSON_CHECKS = "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() AND check_clause LIKE 'json\\_valid%'"

    def __init__(self, url: str):
        self.connection = connect(url)
        self.cursor = self.connection.cursor()
        # The default drops a reader that is slow for 60 s; the comparison on a busy machine is.
        self.cursor.execute("SET SESSION net_write_timeout = 31536000")
        self.cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        self.cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def query(self, sql: str) -> list:
        self.cursor.execute(sql)
        return self.cursor.fetchall()

    def tables(self) -> list:
        from lib.sources import Column, Table
        is_json = set()
        if "MariaDB" in self.query("SELECT VERSION()")[0][0]:     # its JSON is a LONGTEXT with a check
            is_json = {(table, re.search("`(.*)`", clause).group(1)) for table, clause in self.query(self.JSON_CHECKS)}
        found: dict[str, Table] = {}
        for table, column, kind, column_type, nullable in self.query(self.CATALOG):
            kind = "json" if (table, column) in is_json else kind
            entry = found.setdefault(table, Table(table, []))
            entry.columns.append(Column(column, kind, nullable == "YES"))
            entry.converters.append(lambda value, kind=kind, column_type=column_type: attribute(kind, column_type, value))
        keys: dict[str, dict[str, list]] = {}
        for table, index, column, nullable, prefix in self.query(self.KEYS):
            keys.setdefault(table, {}).setdefault(index, []).append((column, nullable != "YES" and prefix is None and column is not None))
        for table, indexes in keys.items():
            if table in found:
                found[table].identity = next(([column for column, _ in columns] for columns in indexes.values() if all(usable for _, usable in columns)), [])
        return list(found.values())

    def rows(self, table) -> Iterator:
        from pymysql.cursors import SSCursor

        from lib.sources import Row
        columns = ", ".join(select_expression(column.name, column.type, is_mysql8(self.connection)) for column in table.columns)
        with self.connection.cursor(SSCursor) as cursor:
            cursor.execute(f"SELECT {columns} FROM {quoted(table.name)}")
            for raw in cursor:
                yield Row(table, list(raw))


class ValueReader:
    """For read_values.py: the columns id and v of every row."""

    def __init__(self, url: str):
        self.connection = connect(url)

    def rows(self, table: str) -> Iterator[tuple]:
        from lib.texts import INVALID, NULL
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT data_type, column_type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s AND column_name = 'v'", [table])
            (kind, column_type), = cursor.fetchall()
            cursor.execute(f"SELECT id, {select_expression('v', kind, is_mysql8(self.connection))} FROM {quoted(table)}")
            for identity, value in cursor.fetchall():
                text = None if value is None else canonical(kind, column_type, value)
                yield identity, NULL if value is None else INVALID if text is None else text.encode()
