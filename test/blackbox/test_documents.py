"""Documents made of several tables, compared field by field with what a join in the source itself says (lib/documents.py)."""
import base64
import contextlib
import os
import re
import sqlite3
import subprocess
import sys
import time
import uuid

import pytest

from lib import documents, mysql_client
from lib.compare import compare
from lib.sources import open_source
from lib.targets import open_target
from support import DYNAMODB, ROOT, SmallDisk, copy_of, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program
MARIADB = os.environ.get("ITEMIZE_TEST_MARIADB")
needs_mariadb = pytest.mark.skipif(not MARIADB, reason="no MariaDB (run under test/engines/with_engines)")


@pytest.fixture
def mariadb(migration):
    """A database of its own for the migration: its URL, and a function that runs statements there."""
    name = f"t{uuid.uuid4().hex[:10]}"
    migration.environment["ITEMIZE_SOURCE_PASSWORD"] = os.environ["ITEMIZE_TEST_MARIADB_PASSWORD"]

    def run(*statements, url=None):
        with mysql_client.connect(url or f"{MARIADB.rsplit('/', 1)[0]}/{name}") as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4", url=MARIADB)
    yield f"{MARIADB.rsplit('/', 1)[0]}/{name}", run
    run(f"DROP DATABASE {name}", url=MARIADB)


def same(source, item_types, target, prefix="") -> None:
    report = compare(source, target, item_types, prefix)
    assert report.same() and report.equal > 0, "\n".join(report.lines())


def export(migration, design, source_url, status=0):
    migration.ok("export", "--to", "exports", "--execute", status=status)
    same(open_source(source_url), design(open_source(source_url)), open_target(None, str(migration.folder / "exports")))
    assert not (migration.folder / ".itemize/store").exists()


def example() -> str:
    return (ROOT / "examples/documents/itemize.yaml").read_text()


def test_shop_as_documents_in_files(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(example())
    check = migration.ok("check", "--scan").text
    assert "local store" in check and "REJECT" not in check
    export(migration, documents.shop, f"sqlite:{shop_file}")


@needs_dynamodb
def test_shop_as_documents_in_live_tables(migration, shop_file, prefixes):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(example().replace("http://127.0.0.1:8000", DYNAMODB))
    prefix = migration.prefix_tables()
    prefixes.append(prefix)
    migration.ok("create", "--env", "test", "--execute")
    migration.ok("load", "--env", "test", "--execute")
    url = f"sqlite:{shop_file}"
    same(open_source(url), documents.shop(open_source(url)), open_target(DYNAMODB, None), prefix)
    with sqlite3.connect(shop_file) as connection:
        (order,) = connection.execute("SELECT min(id) FROM orders WHERE status <> 'draft'").fetchone()
    explained = migration.ok("explain", "Order", f"id={order}", "--env", "test").text
    assert "DynamoDB holds the same item" in explained


@needs_postgres
def test_shop_as_documents_from_postgresql(migration, database):
    database.run_sql(subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", "--postgres"], check=True, capture_output=True, text=True).stdout)
    migration.write_model(example().replace("sqlite:shop.db", f'"{database.url}"'))
    export(migration, documents.shop, database.url)


@needs_mariadb
def test_shop_as_documents_from_mariadb(migration, mariadb):
    url, run = mariadb
    sql = subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", "--mysql"], check=True, capture_output=True, text=True).stdout
    address, name = url.split("@")[1].split("/")
    host, port = address.split(":")
    subprocess.run(["mariadb", "--protocol=tcp", "-h", host, "-P", port, "-u", "itemize", name], input=sql, text=True, check=True, capture_output=True,
                   env={**os.environ, "MYSQL_PWD": os.environ["ITEMIZE_TEST_MARIADB_PASSWORD"]})
    migration.write_model(example().replace("sqlite:shop.db", f'"{url}"'))
    export(migration, documents.shop, url)


@needs_postgres
def test_tpcc_as_documents(migration, database):
    subprocess.run([sys.executable, ROOT / "test/tpcc/make_tpcc.py", "--warehouses", "2", "--scale-down", "100", "--postgres", database.url], check=True, capture_output=True)
    migration.write_model(documents.TPCC_MODEL.format(source=database.url))
    export(migration, documents.tpcc, database.url)


def test_preview_shows_what_is_exported(migration, shop_file):
    """preview asks the source for related rows, export the store: the items are the same."""
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(example())
    shown = migration.ok("preview", "-n", "20", "--json").document
    migration.ok("export", "--to", "exports", "--execute")
    items = {json_key(item): item for item in open_target(None, str(migration.folder / "exports")).items("documents")}
    count = 0
    for samples in shown.values():
        for sample in samples:
            assert documents.values.item_text(sample["item"]) == documents.values.item_text(items[json_key(sample["item"])])
            count += 1
    assert count == 100 or count > 60


def json_key(item) -> tuple:
    return item["PK"]["S"], item["SK"]["S"]


PAIRS = """itemize: 1
source: "{source}"
target: {{ region: eu-west-1 }}
tables: {{ pairs: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }} }}
items:
  Parent: {{ table: pairs, from: parents, key: {{ PK: "P#{{id}}", SK: P }}, columns: none, embed: {{ children: {{ from: children, columns: [n], shape: set }} }} }}
  Child: {{ table: pairs, from: children, key: {{ PK: "C#{{n}}", SK: C }}, columns: none, lookup: {{ parent: {{ from: parents, columns: [id] }} }} }}
"""


def joined_pairs(migration, source) -> tuple[dict, dict]:
    """What the program joined: parent's id -> children, and child -> parent's id; every child has its parent."""
    migration.write_model(PAIRS.format(source=source))
    migration.ok("export", "--to", "exports", "--execute")
    parents, children = {}, {}
    for item in open_target(None, str(migration.folder / "exports")).items("pairs"):
        if item["PK"]["S"].startswith("P#"):
            parents[item["PK"]["S"][2:]] = set(item.get("children", {"NS": []})["NS"])
        else:
            children[item["PK"]["S"][2:]] = item["parent"]["M"]["id"]
    return parents, children


@needs_postgres
def test_keys_match_across_numeric_scales_and_padding(migration, database):
    database.execute("CREATE TABLE parents (id integer PRIMARY KEY, k numeric NOT NULL, c char(6) NOT NULL, UNIQUE (k, c))",
                     "CREATE TABLE children (n integer PRIMARY KEY, k numeric(9,3), c varchar(20), FOREIGN KEY (k, c) REFERENCES parents (k, c))",
                     "INSERT INTO parents VALUES (1, 1.0, 'a'), (2, 1.50, 'a'), (3, 1e3, 'b c')",
                     "INSERT INTO children VALUES (1, 1, 'a'), (2, 1.000, 'a  '), (3, 1.5, 'a     '), (4, 1000, 'b c'), (5, NULL, 'a')")
    database.execute("DELETE FROM children WHERE n = 5")
    assert joined_pairs(migration, database.url) == ({"1": {"1", "2"}, "2": {"3"}, "3": {"4"}}, {"1": {"N": "1"}, "2": {"N": "1"}, "3": {"N": "2"}, "4": {"N": "3"}})


@needs_mariadb
def test_keys_match_under_collations_of_mariadb(migration, mariadb):
    url, run = mariadb
    run("CREATE TABLE parents (id int PRIMARY KEY, k varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci UNIQUE NOT NULL)",
        "CREATE TABLE children (n int PRIMARY KEY, k varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, FOREIGN KEY (k) REFERENCES parents (k))",
        "INSERT INTO parents VALUES (1, 'Abc'), (2, 'x')", "INSERT INTO children VALUES (1, 'aBC'), (2, 'abc '), (3, '\u00c1BC'), (4, 'X  ')")
    assert joined_pairs(migration, url) == ({"1": {"1", "2", "3"}, "2": {"4"}}, {"1": {"N": "1"}, "2": {"N": "1"}, "3": {"N": "1"}, "4": {"N": "2"}})
    shown = migration.ok("preview", "--json").document
    assert set(shown["Parent"][0]["item"]["children"]["NS"]) == {"1", "2", "3"}, "the source itself finds them too"


def test_keys_match_under_collations_of_sqlite(migration):
    path = migration.folder / "pairs.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE parents (id integer PRIMARY KEY, k text COLLATE nocase UNIQUE NOT NULL);
            CREATE TABLE children (n integer PRIMARY KEY, k text REFERENCES parents (k));
            INSERT INTO parents VALUES (1, 'Abc'), (2, 'x'); INSERT INTO children VALUES (1, 'aBC'), (2, 'abc'), (3, 'X');""")
    assert joined_pairs(migration, "sqlite:pairs.db") == ({"1": {"1", "2"}, "2": {"3"}}, {"1": {"N": "1"}, "2": {"N": "1"}, "3": {"N": "2"}})
    shown = migration.ok("preview", "--json").document
    assert set(shown["Parent"][0]["item"]["children"]["NS"]) == {"1", "2"}


def test_what_cannot_be_keyed_is_refused(migration):
    with sqlite3.connect(migration.folder / "pairs.db") as connection:
        connection.executescript("""
            CREATE TABLE parents (id integer PRIMARY KEY, k timestamp UNIQUE NOT NULL);
            CREATE TABLE children (n integer PRIMARY KEY, k timestamp REFERENCES parents (k));""")
    migration.write_model(PAIRS.format(source="sqlite:pairs.db"))
    for verb in (["check"], ["export", "--to", "exports", "--execute"]):
        said = migration.ok(*verb, status=2).text
        assert re.search(r"itemize.yaml:6:\d+: .*items.Parent.embed.children.*cannot be joined by", said), said
        assert re.search(r"itemize.yaml:7:\d+: .*items.Child.lookup.parent.*cannot be joined by", said), said


def test_orphans_are_told(migration):
    with sqlite3.connect(migration.folder / "pairs.db") as connection:
        connection.executescript("""
            CREATE TABLE parents (id integer PRIMARY KEY, k integer UNIQUE NOT NULL);
            CREATE TABLE children (n integer PRIMARY KEY, k integer REFERENCES parents (k));
            INSERT INTO parents VALUES (1, 10); INSERT INTO children VALUES (1, 10), (2, 11), (3, 12), (4, NULL);""")
    migration.write_model(PAIRS.format(source="sqlite:pairs.db"))
    said = migration.ok("export", "--to", "exports", "--execute").text
    assert "2 rows of children belong to no row of parents (k)" in said
    assert "2 rows of children refer to a row of parents that is not there (k)" in said


@needs_dynamodb
def test_rejected_documents_are_retried(migration, prefixes):
    """A document that does not fit is a reject; when its rows fit, --retry-rejects asks the source for them again."""
    path = migration.folder / "pairs.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE parents (id integer PRIMARY KEY); CREATE TABLE children (n integer PRIMARY KEY, parent_id integer REFERENCES parents, body text);")
        connection.executemany("INSERT INTO parents VALUES (?)", [(1,), (2,)])
        connection.executemany("INSERT INTO children VALUES (?, 1, ?)", [(n, "x" * 1000) for n in range(500)])
    migration.write_model(f"""itemize: 1
source: sqlite:pairs.db
target: {{ region: eu-west-1, endpoint: "{DYNAMODB}" }}
tables: {{ parents: {{ partition_key: {{ id: N }}, billing_mode: PAY_PER_REQUEST }} }}
items: {{ Parent: {{ table: parents, from: parents, key: {{ id: "{{id}}" }}, embed: {{ children: {{ from: children, order_by: [n], columns: [n, body] }} }} }} }}
""")
    prefix = migration.prefix_tables()
    prefixes.append(prefix)
    migration.ok("create", "--env", "test", "--execute")
    assert "item_too_large" in migration.ok("load", "--env", "test", "--execute", status=1).text + (migration.folder / ".itemize/test/rejects/Parent.jsonl").read_text()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM children WHERE n > 5")
    migration.ok("load", "--env", "test", "--retry-rejects", "--execute")
    items = {item["id"]["N"]: item for item in open_target(DYNAMODB, None).items(prefix + "parents")}
    assert [each["M"]["n"]["N"] for each in items["1"]["children"]["L"]] == ["0", "1", "2", "3", "4", "5"] and items["2"]["children"] == {"L": []}


ORDERS = """itemize: 1
source: sqlite:orders.db
target: { region: eu-west-1 }
tables: { orders: { partition_key: { PK: S } } }
environments: { test: {} }
items:
  Order: { table: orders, from: orders, key: { PK: "{id}" }, embed: { lines: { from: lines, order_by: [n], except: [order_id] } } }
"""


def test_a_disk_that_fills_up_while_related_rows_are_stored(migration):
    """Room enough when the run begins; then another program takes it all. With room again the same command ends exactly."""
    orders, lines = 20_000, 10
    with contextlib.closing(sqlite3.connect(migration.folder / "orders.db")) as connection, connection:
        connection.executescript("CREATE TABLE orders (id INTEGER PRIMARY KEY);"
                                 "CREATE TABLE lines (order_id INTEGER NOT NULL REFERENCES orders, n INTEGER NOT NULL, note BLOB NOT NULL, PRIMARY KEY (order_id, n));")
        connection.executemany("INSERT INTO orders VALUES (?)", ((order,) for order in range(orders)))
        connection.executemany("INSERT INTO lines VALUES (?, ?, randomblob(600))", ((order, n) for order in range(orders) for n in range(lines)))
    migration.write_model(ORDERS)
    store = migration.folder / ".itemize/test/store"
    export = ("export", "--to", "exports", "--env", "test", "--connections", "2")
    with SmallDisk(migration.folder / ".itemize/test", "600m") as disk:
        process = migration.start(*export)
        while process.poll() is None and not store.exists():
            time.sleep(0.001)
        ballast = disk.folder / "ballast"
        with open(ballast, "wb") as file, contextlib.suppress(OSError):     # until it is full
            for place in range(0, 600 << 20, 1 << 20):
                os.posix_fallocate(file.fileno(), place, 1 << 20)
        assert process.wait(timeout=120) == 2
        said = (migration.folder / "background.log").read_text()
        for words in ("local store", "no space left", "MiB in all", "same command again"):
            assert words in said, said
        assert not list(migration.folder.glob("exports/*/data/*")) and not list(migration.folder.glob("exports/*/manifest.json")), "nothing is half done"
        ballast.unlink()
        migration.ok(*export)
        assert not store.exists()
    found = {int(item["PK"]["S"]): [line["M"] for line in item["lines"]["L"]] for item in open_target(None, str(migration.folder / "exports")).items("orders")}
    with contextlib.closing(sqlite3.connect(migration.folder / "orders.db")) as connection:
        wanted = {order: [] for order in range(orders)}
        for order, n, note in connection.execute("SELECT order_id, n, note FROM lines ORDER BY order_id, n"):
            wanted[order].append({"n": {"N": str(n)}, "note": {"B": base64.b64encode(note).decode()}})
    assert found == wanted
