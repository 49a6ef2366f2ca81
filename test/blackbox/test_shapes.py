"""The shapes of examples/shapes: the items that come out, against what plain SQL on the SQLite file says they are."""
import sqlite3
import subprocess
import sys

import pytest

from lib.targets import open_target
from support import DYNAMODB, ROOT, copy_of, needs_dynamodb, needs_program

pytestmark = needs_program
SHAPES = ROOT / "examples/shapes"


@pytest.fixture(scope="session")
def pages_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "pages.db"
    subprocess.run([sys.executable, SHAPES / "latest_version/make_pages.py", path], check=True)
    return path


def rows(file, sql: str) -> list:
    with sqlite3.connect(file) as connection:
        return connection.execute(sql).fetchall()


def item(**attributes) -> dict:
    """DynamoDB JSON: integers are N, dictionaries M, and what is None is absent."""
    def value(plain) -> dict:
        if isinstance(plain, dict):
            return {"M": item(**plain)}
        return {"N": str(plain)} if isinstance(plain, int) else {"S": plain}
    return {name: value(plain) for name, plain in attributes.items() if plain is not None}


def sortable(number: int) -> str:
    """As docs/expressions.md says of integers of 64 bits that are not negative."""
    assert number >= 0
    return f"p{number:019d}"


def instant(text: str) -> str:
    return text.replace(" ", "T")


def adjacency_list(file) -> list:
    return ([item(PK=f"PRODUCT#{number}", SK=f"PRODUCT#{number}", sku=sku, name=name) for number, sku, name in rows(file, "SELECT id, sku, name FROM products")]
            + [item(PK=f"TAG#{number}", SK=f"TAG#{number}", name=name) for number, name in rows(file, "SELECT id, name FROM tags")]
            + [item(PK=f"PRODUCT#{product}", SK=f"TAG#{tag}", tag={"name": name})
               for product, tag, name in rows(file, "SELECT product_id, tag_id, name FROM product_tags JOIN tags ON tags.id = tag_id")])


def inverted_edges(file) -> list:
    found = rows(file, "SELECT product_id, customer_id, rating, title, full_name, name FROM reviews JOIN customers c ON c.id = customer_id JOIN products p ON p.id = product_id")
    return [one for product, customer, rating, title, author, name in found for one in (
        item(PK=f"PRODUCT#{product}", SK=f"CUSTOMER#{customer}", rating=rating, title=title, author={"full_name": author}),
        item(PK=f"CUSTOMER#{customer}", SK=f"PRODUCT#{product}", rating=rating, title=title, product={"name": name}))]


def item_collection(file) -> list:
    return ([item(PK=f"CUSTOMER#{number}", SK="CUSTOMER", full_name=name) for number, name in rows(file, "SELECT id, full_name FROM customers")]
            + [item(PK=f"CUSTOMER#{customer}", SK=f"ADDRESS#{sortable(position)}", street=street, city=city)
               for customer, position, street, city in rows(file, "SELECT customer_id, position, street, city FROM addresses")]
            + [item(PK=f"CUSTOMER#{customer}", SK=f"ORDER#{sortable(number)}", status=status)
               for customer, number, status in rows(file, "SELECT customer_id, id, status FROM orders")]
            + [item(PK=f"CUSTOMER#{customer}", SK=f"ORDER#{sortable(order)}#PAYMENT#{number}", method=method)
               for customer, order, number, method in rows(file, "SELECT customer_id, order_id, p.id, method FROM payments p JOIN orders o ON o.id = order_id")])


def sparse_index(file) -> list:
    return [item(id=number, status=status, customer_id=customer, since=instant(placed), waiting=status if status in ("open", "paid") else None)
            for number, status, customer, placed in rows(file, "SELECT id, status, customer_id, placed_at FROM orders")]


def uniqueness_sentinel(file) -> list:
    found = rows(file, "SELECT id, full_name, email FROM customers")
    return [one for number, name, email in found for one in (item(PK=f"CUSTOMER#{number}", full_name=name, email=email),
                                                             item(PK=f"EMAIL#{email}", customer=f"CUSTOMER#{number}"))]


def latest_version(file) -> list:
    latest = "SELECT p.id, slug, number, author, body FROM pages p JOIN revisions r ON r.page_id = p.id WHERE number = (SELECT max(number) FROM revisions WHERE page_id = p.id)"
    return ([item(PK=f"PAGE#{page}", SK=f"REVISION#{sortable(number)}", author=author, body=body)
             for page, number, author, body in rows(file, "SELECT page_id, number, author, body FROM revisions")]
            + [item(PK=f"PAGE#{page}", SK="LATEST", slug=slug, revision={"number": number, "author": author, "body": body})
               for page, slug, number, author, body in rows(file, latest)])


EXPECTED = {"adjacency_list": ("graph", adjacency_list), "inverted_edges": ("reviews", inverted_edges), "item_collection": ("customers", item_collection),
            "sparse_index": ("orders", sparse_index), "uniqueness_sentinel": ("accounts", uniqueness_sentinel), "latest_version": ("pages", latest_version)}


def by_key(items) -> dict:
    items = list(items)
    keyed = {tuple(str(one[name]) for name in ("PK", "SK", "id") if name in one): one for one in items}
    assert len(keyed) == len(items), "two items have one key"
    return keyed


@pytest.fixture
def model(migration, shop_file, pages_file):
    """Writes the model of a shape beside its database; returns the database."""
    def write(shape: str):
        file = pages_file if shape == "latest_version" else shop_file
        copy_of(file, migration.folder / file.name)
        migration.write_model((SHAPES / shape / "itemize.yaml").read_text())
        return file
    return write


def test_every_shape_is_tested_and_explained():
    folders = {path.name for path in SHAPES.iterdir() if path.is_dir()}
    assert folders == set(EXPECTED)
    for name in folders:
        assert f"({name}/README.md)" in (SHAPES / "README.md").read_text()


@pytest.mark.parametrize("shape", EXPECTED)
def test_the_items_of_a_shape(migration, model, shape):
    file = model(shape)
    table, expected = EXPECTED[shape]
    migration.ok("check", "--scan")
    migration.ok("export", "--to", "exports")
    found, wanted = by_key(open_target(None, str(migration.folder / "exports")).items(table)), by_key(expected(file))
    assert len(wanted) > 100
    assert found == wanted


def load(migration, prefixes, table: str) -> str:
    migration.write_model(migration.model.replace("http://127.0.0.1:8000", DYNAMODB))
    prefixes.append(migration.prefix_tables())
    migration.ok("create", "--env", "test", "--execute")
    migration.ok("load", "--env", "test", "--execute")
    return prefixes[-1] + table


def query(table: str, index: str | None, key: str, value: str) -> list:
    more = {"IndexName": index} if index else {}
    answer = open_target(DYNAMODB, None).client.query(TableName=table, KeyConditionExpression="#k = :v", ExpressionAttributeNames={"#k": key},
                                                      ExpressionAttributeValues={":v": {"S": value}}, **more)
    assert "LastEvaluatedKey" not in answer
    return answer["Items"]


@needs_dynamodb
def test_a_sparse_index_holds_what_waits(migration, model, prefixes):
    file = model("sparse_index")
    table = load(migration, prefixes, "orders")
    for status in ("open", "paid", "shipped"):
        found = [int(one["id"]["N"]) for one in query(table, "waiting", "waiting", status)]
        wanted = rows(file, f"SELECT id FROM orders WHERE status = '{status}' AND status IN ('open', 'paid') ORDER BY placed_at")
        assert sorted(found) == sorted(number for (number,) in wanted)
    held = open_target(DYNAMODB, None).client.scan(TableName=table, IndexName="waiting", Select="COUNT")["Count"]
    assert 0 < held == rows(file, "SELECT count(*) FROM orders WHERE status IN ('open', 'paid')")[0][0]


@needs_dynamodb
def test_an_adjacency_list_is_read_from_both_ends(migration, model, prefixes):
    file = model("adjacency_list")
    table = load(migration, prefixes, "graph")
    ((tag,),) = rows(file, "SELECT tag_id FROM product_tags GROUP BY tag_id ORDER BY count(*) DESC LIMIT 1")
    found = {one["PK"]["S"] for one in query(table, "inverted", "SK", f"TAG#{tag}")}
    assert found == {f"TAG#{tag}"} | {f"PRODUCT#{product}" for (product,) in rows(file, f"SELECT product_id FROM product_tags WHERE tag_id = {tag}")}
    ((product,),) = rows(file, "SELECT product_id FROM product_tags GROUP BY product_id ORDER BY count(*) DESC LIMIT 1")
    found = {one["SK"]["S"] for one in query(table, None, "PK", f"PRODUCT#{product}")}
    assert found == {f"PRODUCT#{product}"} | {f"TAG#{number}" for (number,) in rows(file, f"SELECT tag_id FROM product_tags WHERE product_id = {product}")}
