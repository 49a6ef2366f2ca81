"""duplicates: number: tables without a key, whose equal rows become items with numbers in their keys; compared with GROUP BY over all columns."""
import json
import random
import re
import signal
import sqlite3
import time
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from lib.targets import open_target
from support import DYNAMODB, Database, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program

SCHEMA = ["CREATE TABLE events (kind varchar(20), at integer, value numeric(9,2), note text)",
          "CREATE TABLE visits (customer_id integer NOT NULL, day integer NOT NULL)",
          "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, total integer)"]

MODEL = """itemize: 1
source: {source}
target: {{ region: eu-west-1, endpoint: "{endpoint}" }}
tables:
  main: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }}, billing_mode: PAY_PER_REQUEST }}
items:
  Event: {{ table: main, from: events, key: {{ PK: "EVENT#{{kind}}", SK: "{{row_hash(*)}}" }}, identity: row, duplicates: number }}
  Visit:
    table: main
    from: visits
    key: {{ PK: "VISIT#{{customer_id}}", SK: "{{sortable(day)}}" }}
    identity: row
    duplicates: number
    embed:
      orders:
        from: orders
        match: {{ customer_id: customer_id }}
        columns: [total]
        order_by: [id]
        limit: 2
        on_overflow: {{ spill: {{ key: {{ PK: "ORDERS#{{customer_id}}", SK: "{{sortable(day)}}#{{chunk}}" }} }} }}
"""


class Source:
    """The same rows in SQLite or PostgreSQL; random copies of few different ones, so that they stand in all ranges."""

    def __init__(self, engine: str, folder):
        self.random = random.Random(4)
        self.mark = "?" if engine == "sqlite" else "%s"
        self.path = folder / "copies.db"
        self.database = Database() if engine == "postgres" else None
        self.url = self.database.url if self.database else f"sqlite:{self.path}"
        with self.connect() as connection:
            for statement in SCHEMA:
                connection.execute(statement)
            self.add(connection, 3000)
            self.many(connection, "INSERT INTO events VALUES (?, ?, ?, ?)", [("the same", 1, "1.50", None)] * 1500)
            self.many(connection, "INSERT INTO visits VALUES (?, ?)", [(self.random.randrange(30), self.random.randrange(10)) for _ in range(900)])
            self.many(connection, "INSERT INTO orders VALUES (?, ?, ?)", [(number, number % 25, number * 3) for number in range(120)])

    def connect(self):
        return self.database.psycopg.connect(self.url) if self.database else sqlite3.connect(self.path, timeout=30)

    def many(self, connection, sql: str, rows: list) -> None:
        connection.cursor().executemany(sql.replace("?", self.mark), rows)

    def add(self, connection, count: int) -> None:
        rows = []
        for _ in range(count):
            number = min(self.random.randrange(1, 700), self.random.randrange(1, 700))
            rows.append((f"kind {number % 7}", number, f"{number}.25", None if number % 5 == 0 else "x" * (number % 90)))
        self.random.shuffle(rows)
        self.many(connection, "INSERT INTO events VALUES (?, ?, ?, ?)", rows)

    def change(self) -> None:
        """Copies come and go: of some rows all, of others one."""
        with self.connect() as connection:
            one = "rowid" if not self.database else "ctid"
            for _ in range(60):
                at = self.random.randrange(1, 700)
                if at % 3 == 0:
                    connection.execute(f"DELETE FROM events WHERE at = {at}")
                else:
                    connection.execute(f"DELETE FROM events WHERE {one} = (SELECT min({one}) FROM events WHERE at = {at})")
            self.add(connection, 200)
            connection.execute(f"DELETE FROM visits WHERE {one} IN (SELECT {one} FROM visits WHERE day = {self.random.randrange(10)} LIMIT 20)")
            self.many(connection, "INSERT INTO visits VALUES (?, ?)", [(self.random.randrange(30), self.random.randrange(10)) for _ in range(30)])

    def groups(self, sql: str) -> list[tuple]:
        with self.connect() as connection:
            return [tuple(row) for row in connection.execute(sql)]

    def drop(self) -> None:
        if self.database:
            self.database.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=needs_postgres)])
def source(request, tmp_path):
    made = Source(request.param, tmp_path)
    yield made
    made.drop()


def assert_numbered(keys: list[str], where) -> None:
    """All copies of one row: its key, and the key with #2, #3, ..."""
    base = min(keys, key=len)
    assert Counter(keys) == Counter([base, *(f"{base}#{number}" for number in range(2, len(keys) + 1))]), where


def compare(source: Source, items: list[dict]) -> None:
    """Every row once, as GROUP BY over all columns counts them; the keys of copies are numbered without a gap."""
    events, visits, spilled = defaultdict(list), defaultdict(list), defaultdict(list)
    for item in items:
        kind, sort = item["PK"]["S"].split("#")[0], item["SK"]["S"]
        number = lambda name: Decimal(item[name]["N"])  # noqa: E731
        if kind == "EVENT":
            events[(item["kind"]["S"], number("at"), number("value"), item.get("note", {}).get("S"))].append(sort)
        elif kind == "VISIT":
            totals = tuple(int(each["M"]["total"]["N"]) for each in item["orders"]["L"])
            visits[(number("customer_id"), number("day"), totals)].append(sort)
        else:
            # ORDERS#<customer>, <day>#<chunk>: rows that did not fit, once for each copy of the visit
            spilled[(item["PK"]["S"], *sort.split("#")[:2])].append(sort)
    expected = {(kind, Decimal(at), Decimal(str(value)), note): count for kind, at, value, note, count in
                source.groups("SELECT kind, at, value, note, count(*) FROM events GROUP BY kind, at, value, note")}
    assert {row: len(keys) for row, keys in events.items()} == expected
    orders = defaultdict(list)
    for customer, total in source.groups("SELECT customer_id, total FROM orders ORDER BY id"):
        orders[customer].append(total)
    counts = {(customer, day): count for customer, day, count in source.groups("SELECT customer_id, day, count(*) FROM visits GROUP BY customer_id, day")}
    assert {row: len(keys) for row, keys in visits.items()} == {(customer, day, tuple(orders[customer][:2])): count for (customer, day), count in counts.items()}
    assert sum(len(keys) for keys in spilled.values()) == sum(count * ((max(2, len(orders[customer])) - 1) // 2) for (customer, day), count in counts.items())
    for rows in (events, visits, spilled):
        for row, keys in rows.items():
            assert_numbered(keys, row)


def loaded(prefix: str) -> list[dict]:
    return list(open_target(DYNAMODB, None).items(prefix + "main"))


RANGES = ["--range-bytes", "16384", "--connections", "3"]


@needs_dynamodb
def test_copies_of_rows_have_numbers(migration, source, prefixes):
    migration.write_model(MODEL.format(source=source.url, endpoint=DYNAMODB))
    prefixes.append(migration.prefix_tables())
    said = migration.ok("check", "--scan", "--env", "test").text
    copies, = re.findall(r"Event: ([\d,]+) copies of other items get a number behind the key", said)
    (rows, distinct), = source.groups("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM (SELECT DISTINCT * FROM events) AS d)")
    assert int(copies.replace(",", "")) == rows - distinct
    migration.ok("create", "--execute", "--env", "test")
    load = migration.ok("load", "--execute", "--env", "test", "--json", *RANGES).document
    assert load["rejects"] == 0 and load["rows"] == rows + 900
    compare(source, loaded(prefixes[-1]))
    # A later state: copies that are not there any more are taken away.
    source.change()
    assert migration.ok("load", "--execute", "--again", "--env", "test", "--json", *RANGES).document["removed"] > 0
    compare(source, loaded(prefixes[-1]))


def test_export_has_the_same_keys(migration, source):
    migration.write_model(MODEL.format(source=source.url, endpoint="http://127.0.0.1:1"))
    migration.ok("export", "--to", "exports", "--execute", *RANGES)
    compare(source, list(open_target(None, str(migration.folder / "exports")).items("main")))


@needs_dynamodb
def test_kills_with_copies_that_come_and_go(migration, source, prefixes):
    migration.write_model(MODEL.format(source=source.url, endpoint=DYNAMODB))
    prefixes.append(migration.prefix_tables())
    migration.ok("create", "--execute", "--env", "test")
    command = ["load", "--execute", "--env", "test", "--grace", "0", *RANGES]
    killed = 0
    for _ in range(7):
        process = migration.start(*command)
        time.sleep(source.random.uniform(0.05, 0.7))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        source.change()
    assert killed >= 4
    migration.ok(*command, "--again")
    compare(source, loaded(prefixes[-1]))


ODD = """itemize: 1
source: sqlite:odd.db
target: {{ region: eu-west-1, endpoint: "{endpoint}" }}
tables:
  odd: {{ partition_key: {{ PK: S }}, billing_mode: PAY_PER_REQUEST }}
items:
  Odd: {{ table: odd, from: odd, key: {{ PK: "ODD#{{name}}#" }}, identity: row, duplicates: number, sensitive: [secret] }}
"""


@needs_dynamodb
def test_rows_that_only_share_a_key_are_rejected(migration, prefixes):
    with sqlite3.connect(migration.folder / "odd.db") as connection:
        connection.execute("CREATE TABLE odd (name text, value, secret text)")
        connection.executemany("INSERT INTO odd VALUES (?, ?, 'psst')", [("a", 1), ("a", 1), ("a", 1), ("b", 1), ("b", "1"), ("c", 5)])
    migration.write_model(ODD.format(endpoint=DYNAMODB))
    prefixes.append(migration.prefix_tables())
    said = migration.ok("check", "--scan", "--env", "test", status=1).text
    assert "REJECT Odd: 2 rows, duplicate_key" in said and "not alike" in said and "Odd: 2 copies of other items" in said, said
    migration.ok("create", "--execute", "--env", "test")
    assert "2 rows could not become items" in migration.ok("load", "--execute", "--env", "test", status=1).text
    items = list(open_target(DYNAMODB, None).items(prefixes[-1] + "odd"))
    assert sorted(item["PK"]["S"] for item in items) == ["ODD#a#", "ODD#a##2", "ODD#a##3", "ODD#c#"]
    rejects = [json.loads(line) for line in (migration.folder / ".itemize/test/rejects/Odd.jsonl").read_text().splitlines()]
    assert [reject["reason"] for reject in rejects] == ["duplicate_key"] * 2
    preview = migration.ok("preview", "-n", "10", "--env", "test", status=1).text
    assert '"ODD#a##3"' in preview and "REJECT duplicate_key" in preview, preview
    explained = migration.ok("explain", "Odd", "name=a", "--env", "test").text
    assert explained.count("DynamoDB holds the same item") == 3, explained
    assert "psst" not in preview + explained
