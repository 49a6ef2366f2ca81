"""MariaDB, the whole way, and together with PostgreSQL; compared by the independent checker."""
import json
import subprocess
import sys

import pytest
import yaml

from lib import values
from lib.compare import compare
from lib.designs import ItemType, sortable
from lib.sources import open_source
from lib.targets import open_target
from support import DYNAMODB, ROOT, check, needs_dynamodb, needs_mariadb, needs_postgres, needs_program
from test_moves import HISTORY_ITEM, HISTORY_TABLE, load_all

pytestmark = [needs_program, needs_mariadb]
TPCC_WITH_KEYS = ["warehouse", "district", "customer", "orders", "new_order", "order_line", "item", "stock"]


@pytest.fixture
def with_password(migration, maria_database):
    migration.environment |= maria_database.environment
    return migration


def make_tpcc(url: str, scale_down: int) -> None:
    subprocess.run([sys.executable, ROOT / "test/tpcc/make_tpcc.py", "--scale-down", str(scale_down), "--mysql", url], check=True, capture_output=True)


@needs_dynamodb
def test_tpcc(with_password, maria_database, prefixes):
    make_tpcc(maria_database.url, 200)
    with_password.ok("init", maria_database.url, "--endpoint", DYNAMODB)
    with_password.write_model(with_password.model.replace("tables:\n", "tables:\n" + HISTORY_TABLE, 1).replace("\nitems:\n", "\nitems:\n" + HISTORY_ITEM, 1))
    prefix = load_all(with_password, prefixes)
    check(maria_database.url, prefix)


def test_tpcc_as_files_in_many_ranges(with_password, maria_database):
    make_tpcc(maria_database.url, 50)
    with_password.ok("init", maria_database.url, "--region", "eu-west-1")
    with_password.ok("export", "--to", "exports", "--compression", "zstd", "--range-bytes", "65536", "--connections", "3")
    assert len(list((with_password.folder / "exports/stock/data").iterdir())) > 3
    check(maria_database.url, files=with_password.folder / "exports", only=TPCC_WITH_KEYS)


@needs_dynamodb
def test_shop(with_password, maria_database, prefixes):
    maria_database.run_sql(subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", "--mysql"], check=True, capture_output=True, text=True).stdout)
    with_password.ok("init", maria_database.url, "--endpoint", DYNAMODB)
    with_password.ok("export", "--to", "exports")
    check(maria_database.url, files=with_password.folder / "exports")
    prefix = with_password.prefix_tables()
    prefixes.append(prefix)
    with_password.ok("create", "--env", "test", "--execute")
    tables = ["countries", "curiosities", "employees", "products"]
    types = [name for name, item in yaml.safe_load(with_password.model)["items"].items() if item["from"] in tables]
    with_password.ok("load", "--env", "test", "--select", ",".join(types), "--execute")
    check(maria_database.url, prefix, only=tables)


class Both:
    """Two sources as one, for the comparison."""

    def __init__(self, *sources):
        self.sources = sources
        self.source_of = {}

    def tables(self):
        self.source_of = {id(table): (source, table) for source in self.sources for table in source.tables()}
        return [table for _, table in self.source_of.values()]

    def rows(self, table):
        return self.source_of[id(table)][0].rows(table)


MODEL = """itemize: 1
sources:
  people: {{ url: "{postgres}" }}
  stock: {{ url: "{maria}" }}
target: {{ endpoint: "{endpoint}" }}
tables:
  main: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }}, billing_mode: PAY_PER_REQUEST }}
items:
  Owner: {{ table: main, from: {{ source: people, table: owners }}, key: {{ PK: "OWNER#{{id}}", SK: OWNER }} }}
  Thing: {{ table: main, from: {{ source: stock, table: things }}, key: {{ PK: "OWNER#{{owner_id}}", SK: "THING#{{sortable(number)}}" }} }}
"""


def two_item_types() -> list[ItemType]:
    return [ItemType("Owner", "owners", "main", ["PK", "SK"], lambda row: {**row.attributes(), "PK": values.string(f"OWNER#{row.raw['id']}"), "SK": values.string("OWNER")}),
            ItemType("Thing", "things", "main", ["PK", "SK"], lambda row: {**row.attributes(), "PK": values.string(f"OWNER#{row.raw['owner_id']}"),
                                                                          "SK": values.string("THING#" + sortable(row.raw["number"], 4))})]


@needs_postgres
@needs_dynamodb
def test_postgresql_and_mariadb_into_one_table(migration, database, maria_database, prefixes):
    database.execute("CREATE TABLE owners (id integer PRIMARY KEY, name text NOT NULL, since timestamptz NOT NULL)",
                     "INSERT INTO owners SELECT n, 'näme ' || n, '2024-01-01'::timestamptz + n * interval '1 hour' FROM generate_series(1, 500) n")
    maria_database.execute("CREATE TABLE things (owner_id int NOT NULL, number int NOT NULL, body varchar(100) NOT NULL, price decimal(12,2), PRIMARY KEY (owner_id, number))")
    maria_database.execute("INSERT INTO things SELECT o.seq, n.seq, CONCAT('thing ', n.seq, ' of ', o.seq, ' ✓'), o.seq + n.seq / 100 "
                           "FROM seq_1_to_500 o JOIN seq_1_to_3 n ON n.seq <= o.seq % 4")
    migration.environment["ITEMIZE_SOURCE_STOCK_PASSWORD"] = maria_database.environment["ITEMIZE_SOURCE_PASSWORD"]
    migration.write_model(MODEL.format(postgres=database.url, maria=maria_database.url, endpoint=DYNAMODB))
    prefix = load_all(migration, prefixes)
    report = compare(Both(open_source(database.url), open_source(maria_database.url)), open_target(DYNAMODB, None), two_item_types(), prefix)
    assert report.same() and report.equal == 500 + 750, "\n".join(report.lines())


def test_one_item_type_from_many_databases(with_password, maria_database):
    names = [f"{maria_database.name}_{tenant}" for tenant in "ab"]
    try:
        for name in names:
            maria_database.execute(f"CREATE DATABASE {name}", f"CREATE TABLE {name}.orders (id bigint PRIMARY KEY, body varchar(100))", f"INSERT INTO {name}.orders VALUES (1, 'of {name}'), (2, NULL)")
        with_password.write_model(f"""itemize: 1
source: "{maria_database.url}"
target: {{ region: eu-west-1 }}
tables:
  shop: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }}
items:
  Order: {{ table: shop, from: {{ schemas: "{maria_database.name}\\\\_%", table: orders }}, key: {{ PK: "{{schema_name}}", SK: "{{sortable(id)}}" }} }}
""")
        assert "unique, proven" in with_password.ok("check").out
        assert with_password.ok("export", "--to", "out", "--json").document["items"] == {"Order": 4}
        found = [json.loads(line)["Item"] for path in (with_password.folder / "out").glob("shop/data/*") for line in path.read_text().splitlines()]
        assert sorted(item["PK"]["S"] for item in found) == sorted(names * 2)
        assert {item["body"]["S"] for item in found if "body" in item} == {f"of {name}" for name in names}
    finally:
        maria_database.execute(*[f"DROP DATABASE IF EXISTS {name}" for name in names])
