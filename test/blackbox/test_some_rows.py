"""--where and --sample: some of the rows, closed over the foreign keys; and item types of many schemas."""
import json
import sqlite3

import pytest

from support import DYNAMODB, copy_of, dynamodb, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program

MODEL = """itemize: 1
source: sqlite:shop.db
target: { region: eu-west-1 }
tables:
  shop: { partition_key: { PK: S } }
items:
  Customer: { table: shop, from: customers, key: { PK: "CUSTOMER#{id}" }, columns: [id] }
  Order: { table: shop, from: orders, key: { PK: "ORDER#{id}" }, columns: [id, customer_id], where: "id > 3" }
  Line: { table: shop, from: order_lines, key: { PK: "LINE#{order_id}#{line_no}" }, columns: [order_id, product_id] }
  Product: { table: shop, from: products, key: { PK: "PRODUCT#{id}" }, columns: [id, category_id] }
  Category: { table: shop, from: categories, key: { PK: "CATEGORY#{id}" }, columns: [id] }
  Tag: { table: shop, from: tags, key: { PK: "TAG#{id}" }, columns: [id] }
"""


@pytest.fixture
def shop(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(MODEL)
    return migration


def items_in(folder) -> dict[str, dict]:
    """By key: attributes without their types."""
    found = {}
    for path in folder.glob("shop/data/*.json"):
        for line in path.read_text().splitlines():
            item = {name: next(iter(value.values())) for name, value in json.loads(line)["Item"].items()}
            found[item["PK"]] = item
    return found


def rows(shop, sql: str) -> list[tuple]:
    connection = sqlite3.connect(shop.folder / "shop.db")
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


def keys(items, kind: str) -> set[int]:
    return {int(key.split("#")[1]) for key in items if key.startswith(kind + "#")}


def test_where_is_beside_the_models_own(shop):
    document = shop.ok("export", "--to", "out", "--select", "Order", "--where", "customer_id < 20 -- some", "--json").document
    wanted = {row[0] for row in rows(shop, "SELECT id FROM orders WHERE id > 3 AND customer_id < 20")}
    assert keys(items_in(shop.folder / "out"), "ORDER") == wanted and document["items"] == {"Order": len(wanted)}
    assert document["target"].endswith("(Order) where customer_id < 20 -- some")


def test_where_takes_item_types_whole_that_it_does_not_fit(shop):
    result = shop.ok("export", "--to", "out", "--select", "Order,Tag", "--where", "customer_id = 7")
    assert "note: --where: Tag is taken whole, the condition does not fit it" in result.err
    items = items_in(shop.folder / "out")
    assert keys(items, "ORDER") == {row[0] for row in rows(shop, "SELECT id FROM orders WHERE id > 3 AND customer_id = 7")}
    assert len(keys(items, "TAG")) == 12
    wrong = shop.run("check", "--where", "customr_id = 7")
    assert wrong.status == 2 and "--where: the condition fits no item type" in wrong.err and "customr_id" in wrong.err
    wrong = shop.run("check", "--where", "id + 1")
    assert wrong.status == 2 and "must be true or false" in wrong.err


def test_preview_and_scan_take_the_same_rows(shop):
    assert {item["row"]["customer_id"] for item in shop.ok("preview", "--select", "Order", "--where", "customer_id = 7", "--json").document["Order"]} == {"7"}
    scan = shop.ok("check", "--scan", "--select", "Order", "--where", "customer_id = 7", "--json").document["scan"]["items"]["Order"]
    assert scan["items"] == len(rows(shop, "SELECT 1 FROM orders WHERE id > 3 AND customer_id = 7"))
    scan = shop.ok("check", "--scan", "--sample", "5%", "--of", "Customer", "--json").document["scan"]["items"]
    assert 2 <= scan["Customer"]["items"] <= 60 and scan["Tag"]["items"] == 0


def test_a_sample_is_closed_over_the_foreign_keys(shop):
    shop.write_model(MODEL.replace(', where: "id > 3"', ""))
    result = shop.ok("export", "--to", "five", "--sample", "5%", "--of", "Customer")
    assert "Tag is left out: no foreign keys lead from Customer to tags" in result.text
    items = items_in(shop.folder / "five")
    customers = keys(items, "CUSTOMER")
    assert 5 <= len(customers) <= 50
    marks = ",".join(map(str, customers))
    orders = {row[0] for row in rows(shop, f"SELECT id FROM orders WHERE customer_id IN ({marks})")}
    assert keys(items, "ORDER") == orders, "down: all of their orders"
    marks = ",".join(map(str, orders))
    lines = {f"LINE#{order}#{line}" for order, line in rows(shop, f"SELECT order_id, line_no FROM order_lines WHERE order_id IN ({marks})")}
    assert {key for key in items if key.startswith("LINE#")} == lines
    products = {row[0] for row in rows(shop, f"SELECT DISTINCT product_id FROM order_lines WHERE order_id IN ({marks})")}
    assert keys(items, "PRODUCT") == products, "up: the products of their lines, and no others"
    marks = ",".join(map(str, products))
    categories, wanted = keys(items, "CATEGORY"), {row[0] for row in rows(shop, f"SELECT DISTINCT category_id FROM products WHERE id IN ({marks}) AND category_id IS NOT NULL")}
    assert categories >= wanted
    shop.ok("export", "--to", "twenty", "--sample", "20%", "--of", "Customer")
    assert keys(items_in(shop.folder / "twenty"), "CUSTOMER") > customers, "a larger share holds the smaller one"
    shop.ok("export", "--to", "again", "--sample", "5%", "--of", "Customer")
    assert items_in(shop.folder / "again") == items


def test_a_sample_of_a_child_takes_its_parents(shop):
    items = (shop.ok("export", "--to", "out", "--sample", "1%", "--of", "Line"), items_in(shop.folder / "out"))[1]
    lines = [item for key, item in items.items() if key.startswith("LINE#")]
    assert 10 <= len(lines) <= 80
    assert keys(items, "ORDER") == {int(line["order_id"]) for line in lines if int(line["order_id"]) > 3}
    assert keys(items, "PRODUCT") == {int(line["product_id"]) for line in lines if "product_id" in line}


@pytest.mark.parametrize("options, words", [
    (["--sample", "1%"], "belong together"), (["--of", "Customer"], "belong together"), (["--sample", "1", "--of", "Customer"], "is no share"),
    (["--sample", "0%", "--of", "Customer"], "is no share"), (["--sample", "1%", "--of", "Custmer"], "no item type 'Custmer'"),
])
def test_mistakes_of_a_sample(shop, options, words):
    result = shop.run("export", "--to", "out", *options)
    assert result.status == 2 and words in result.err, result


def table_keys(prefix: str) -> set[str]:
    return {item["PK"]["S"] for item in dynamodb().scan(TableName=prefix + "shop")["Items"]}


@needs_dynamodb
def test_a_part_does_not_take_from_the_whole(shop, prefixes):
    """Loads of some rows and of all rows into one table: each removes only what is its own."""
    shop.write_model(MODEL.replace("region: eu-west-1", f'endpoint: "{DYNAMODB}"'))
    prefix = shop.prefix_tables()
    prefixes.append(prefix)
    shop.ok("create", "--env", "test", "--execute")
    load = ["load", "--env", "test", "--execute", "--select", "Order,Tag", "--json"]
    everything = shop.ok(*load).document
    before = table_keys(prefix)
    part = [*load, "--where", "customer_id < 50"]
    assert shop.ok(*part).document["removed"] == 0 and table_keys(prefix) == before
    connection = sqlite3.connect(shop.folder / "shop.db")
    gone = connection.execute("SELECT id FROM orders WHERE customer_id < 50 AND id > 3 ORDER BY id LIMIT 2").fetchall()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("UPDATE orders SET customer_id = 60 WHERE id = ?", gone[0])     # leaves the part, stays in the whole
    connection.execute("DELETE FROM orders WHERE id = ?", gone[1])
    connection.commit()
    connection.close()
    assert shop.ok(*part, "--again").document["removed"] == 0, "the load of all rows holds them"
    assert table_keys(prefix) == before
    assert shop.ok(*load).document["nothing_to_do"], "a part is another run"
    again = shop.ok(*load, "--again").document
    assert again["removed"] == 1 and again["items"]["Order"] == everything["items"]["Order"] - 1
    assert table_keys(prefix) == before - {f"ORDER#{gone[1][0]}"}
    assert shop.run(*load, "--replace", "--where", "customer_id < 50").status == 2


TENANTS = """itemize: 1
source: "{source}"
target: {{ region: eu-west-1 }}
tables:
  shop: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }}
items:
  Order: {{ table: shop, from: {{ schemas: "tenant\\\\_%", table: orders }}, key: {{ PK: "TENANT#{{schema_name}}", SK: "{{sortable(id)}}" }} }}
"""


@needs_postgres
def test_one_item_type_from_many_schemas(migration, database):
    for tenant in ("tenant_a", "tenant_b", "tenantxc", "other"):
        database.execute(f"CREATE SCHEMA {tenant}", f"CREATE TABLE {tenant}.orders (id bigint PRIMARY KEY, body text)",
                         f"INSERT INTO {tenant}.orders VALUES (1, 'one of {tenant}'), (2, NULL)")
    migration.write_model(TENANTS.format(source=database.url))
    check = migration.ok("check", "--scan")
    assert "tenant\\_%.orders (2 schemas)" in check.out and "unique, proven" in check.out
    assert migration.ok("export", "--to", "out", "--json").document["items"] == {"Order": 4}
    items = [json.loads(line)["Item"] for path in (migration.folder / "out").glob("shop/data/*") for line in path.read_text().splitlines()]
    assert sorted((item["PK"]["S"], item["SK"]["S"][-1], item.get("body", {}).get("S")) for item in items) == [
        ("TENANT#tenant_a", "1", "one of tenant_a"), ("TENANT#tenant_a", "2", None), ("TENANT#tenant_b", "1", "one of tenant_b"), ("TENANT#tenant_b", "2", None)]
    assert all("schema_name" not in item for item in items)
    explained = migration.ok("explain", "Order", "schema_name=tenant_b", "id=1", "--source-only").out
    assert "one of tenant_b" in explained and "tenant_a" not in explained
    assert migration.ok("explain", "Order", "id=1", "--source-only").out.count("TENANT#") == 2

    # Without the schema's name in the key, rows of two schemas meet.
    migration.write_model(TENANTS.format(source=database.url).replace("TENANT#{schema_name}", "ORDERS"))
    check = migration.run("check", "--scan")
    assert check.status == 1 and "COLLISION" in check.text and "does not hold the column 'schema_name'" in check.text
    # All must agree in what is used.
    migration.write_model(TENANTS.format(source=database.url))
    database.execute("ALTER TABLE tenant_b.orders ALTER body TYPE varchar(10) USING 'x'")
    result = migration.run("check")
    assert result.status == 2 and "in schema 'tenant_b' is not as in 'tenant_a': the column 'body' has the type" in result.err, result
    migration.write_model(TENANTS.format(source=database.url).replace("table: orders }", "table: nothing }"))
    assert "no schema that is LIKE" in migration.run("check").err


def test_sqlite_has_no_schemas(shop):
    shop.write_model(MODEL.replace("from: customers", 'from: { schemas: "x%", table: customers }'))
    result = shop.run("check")
    assert result.status == 2 and "SQLite has no schemas" in result.err


@needs_postgres
@needs_dynamodb
def test_rejects_of_many_schemas_are_retried(migration, database, prefixes):
    for tenant in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {tenant}", f"CREATE TABLE {tenant}.orders (id bigint PRIMARY KEY, score numeric)",
                         f"INSERT INTO {tenant}.orders VALUES (1, 1), (2, 'NaN')")
    migration.write_model(TENANTS.format(source=database.url).replace("region: eu-west-1", f'endpoint: "{DYNAMODB}"'))
    prefix = migration.prefix_tables()
    prefixes.append(prefix)
    migration.ok("create", "--env", "test", "--execute")
    load = ["load", "--env", "test", "--execute"]
    assert migration.ok(*load, "--json", status=1).document["rejects"] == 2
    database.execute("UPDATE tenant_a.orders SET score = 5 WHERE id = 2")
    tried = migration.ok(*load, "--retry-rejects", "--json", status=1).document["item_types"]
    assert [(each["written"], each["still_rejected"]) for each in tried] == [(1, 1)]
    rejects = (migration.folder / ".itemize/test/rejects/Order.jsonl").read_text().splitlines()
    assert len(rejects) == 1 and json.loads(rejects[0])["table"] == "tenant_b.orders"
    database.execute("UPDATE tenant_b.orders SET score = 6 WHERE id = 2")
    migration.ok(*load, "--retry-rejects")
    scores = {(item["PK"]["S"], item["SK"]["S"][-1]): item["score"]["N"] for item in dynamodb().scan(TableName=prefix + "shop")["Items"]}
    assert scores == {("TENANT#tenant_a", "1"): "1", ("TENANT#tenant_a", "2"): "5", ("TENANT#tenant_b", "1"): "1", ("TENANT#tenant_b", "2"): "6"}


def test_a_forecast_says_how_long_a_load_takes(shop):
    result = shop.ok("check", "--forecast", "--rate", "100", "--connections", "1")
    assert "the snapshot is held for about" in result.out and "100  --rate" in result.out
    forecast = shop.ok("check", "--forecast", "--rate", "100", "--json").document["forecast"]
    total = sum(rows(shop, f"SELECT count(*) FROM {table}")[0][0] for table in ("customers", "orders", "order_lines", "products", "categories", "tags")) - 3
    assert 0.9 * total < forecast["tables"][0]["items"] < 1.1 * total
    assert forecast["load_seconds"] == pytest.approx(forecast["tables"][0]["write_units"] / 100)
    assert 0 <= forecast["snapshot_seconds"] < forecast["load_seconds"]
    late = shop.run("check", "--forecast", "--max-snapshot-age", "0s")
    assert late.status == 1 and "WARNING: with --max-snapshot-age" in late.out, late
    assert shop.run("check", "--forecast", "--max-snapshot-age", "soon").status == 2


def test_a_part_and_the_whole_in_one_folder(shop):
    part = ["export", "--to", "out", "--select", "Order", "--where", "customer_id < 50"]
    shop.ok(*part)
    assert shop.ok(*part, "--json").document["nothing_to_do"]
    shop.ok(*part, "--again")
    other = shop.run(*part[:-1], "customer_id < 60")
    assert other.status == 2 and "already holds an export of Order (where customer_id < 50)" in other.err, other
    whole = {row[0] for row in rows(shop, "SELECT id FROM orders WHERE id > 3")}
    shop.ok("export", "--to", "out", "--select", "Order")
    assert keys(items_in(shop.folder / "out"), "ORDER") == whole
    assert shop.run(*part, "--again").status == 2
