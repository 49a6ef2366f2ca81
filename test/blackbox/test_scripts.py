"""Scripts of a model: Lua and programs, through check, export, load and retries: the same items, rejects and errors everywhere."""
import gzip
import json

import pytest

from support import DYNAMODB, copy_of, dynamodb, needs_dynamodb, needs_program

pytestmark = needs_program

MODEL = """itemize: 1
source: sqlite:shop.db
target: {{ region: eu-west-1, endpoint: "{endpoint}" }}
tables:
  shop: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }}
items:
  Product:
    table: shop
    from: products
    key: {{ PK: "PRODUCT#{{id}}", SK: DATA }}
    columns: [name]
    script: {script}
"""

LUA = """
      lua: |
        function transform(item, row)
          if row.id == 3 then error('no third', 0) end
          if row.id == 4 then return nil end
          return item, { PK = 'NAME#' .. item.name, SK = item.PK }
        end
"""

PROGRAM = """import json, os, sys
for line in sys.stdin:
    given = json.loads(line)
    number, item = int(given["row"]["id"]["N"]), given["item"]
    if number == 3:
        answer = {"reject": "no third"}
    elif number == 4:
        answer = None
    elif number == 5:
        sys.stderr.write("five\\n")
        os._exit(7)
    else:
        answer = {"items": [item, {"PK": {"S": "NAME#" + item["name"]["S"]}, "SK": item["PK"]}]}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def shop(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    (migration.folder / "transform.py").write_text(PROGRAM)

    def write(script):
        migration.write_model(MODEL.format(script=script, endpoint=DYNAMODB or "http://127.0.0.1:1"))
        return migration

    return write


def exported(folder) -> list[dict]:
    items = []
    for path in sorted(folder.rglob("*.json*")):
        if "manifest" in path.name or path.name.startswith("_"):
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        items += [json.loads(line)["Item"] for line in data.decode().splitlines() if line.startswith('{"Item"')]
    return items


@pytest.mark.parametrize("script, lost", [(LUA, {3}), ("{ exec: [python3, transform.py] }", {3, 5})], ids=["lua", "exec"])
def test_export_makes_several_one_or_no_item_of_a_row(shop, script, lost):
    migration = shop(script)
    result = migration.ok("export", "--to", "out", "--execute", status=1)
    items = exported(migration.folder / "out")
    numbers = {int(item["PK"]["S"].split("#")[1]) for item in items if item["PK"]["S"].startswith("PRODUCT#")}
    assert numbers == set(range(1, 251)) - lost - {4}, repr(result)
    assert sum(item["PK"]["S"].startswith("NAME#") for item in items) == len(numbers)
    rejects = [json.loads(line) for line in (migration.folder / ".itemize/rejects/Product.jsonl").read_text().splitlines()]
    assert {int(reject["key"]["id"]): reject["reason"] for reject in rejects} == {number: "script" for number in lost}
    assert [reject["sentence"] for reject in rejects if reject["key"]["id"] == "3"] == ["no third"]
    if 5 in lost:
        assert [reject["sentence"] for reject in rejects if reject["key"]["id"] == "5"] == ["the program ended with status 7 at this row"]
        assert set((migration.folder / ".itemize/script-Product.log").read_text().split()) == {"five"}


def test_keys_that_a_script_makes_are_compared(shop):
    migration = shop('{ lua: "function transform(item) item.PK = \'ONE\' return item end" }')
    scan = migration.run("check", "--scan")
    assert scan.status == 1 and "COLLISION" in scan.text, repr(scan)
    refused = migration.run("export", "--to", "out", "--execute")
    assert refused.status == 2 and "made by more than one row" in refused.text, repr(refused)


def test_a_stuck_script_is_named_with_its_row(shop):
    migration = shop('{ lua: "function transform(item, row) while row.id == 7 do end return item end", keeps_key: true }')
    result = migration.run("export", "--to", "out", "--execute")
    assert result.status == 2 and '"key":{"id":"7"}' in result.text and "did not come to an end" in result.text, repr(result)


def test_a_program_that_never_works_stops_the_run(shop):
    migration = shop('{ exec: [python3, -c, "import nothing_of_the_kind"], keeps_key: true }')
    result = migration.run("export", "--to", "out", "--execute")
    assert result.status == 2 and "ended with status 1 at 3 rows one after another" in result.text, repr(result)
    assert "nothing_of_the_kind" in (migration.folder / ".itemize/script-Product.log").read_text()


def test_mistakes_are_told_by_check(shop):
    migration = shop('{ lua: "function transform(item) return item +" }')
    assert "itemize.yaml:" in migration.run("check").text and migration.run("check").status == 2
    migration = shop("{ lua: gone.lua }")
    result = migration.run("check")
    assert result.status == 2 and "gone.lua" in result.text and "relative to the model's own folder" in result.text, repr(result)


@needs_dynamodb
def test_load_retries_rejects_with_the_script_as_it_is_now(shop, prefixes):
    migration = shop("{ lua: product.lua, keeps_key: true }")
    prefixes.append(migration.prefix_tables())
    (migration.folder / "product.lua").write_text("function transform(item, row) if row.id == 3 then error('not yet', 0) end return item end")
    migration.ok("create", "--env", "test", "--execute")
    migration.ok("load", "--env", "test", "--execute", status=1)
    assert dynamodb().scan(TableName=prefixes[-1] + "shop", Select="COUNT")["Count"] == 249
    (migration.folder / "product.lua").write_text("function transform(item, row) item.better = true return item end")
    assert "script" in migration.run("plan", "--env", "test").text
    retried = migration.ok("load", "--env", "test", "--execute", "--retry-rejects")
    assert "the model has changed since the load" in retried.text, "the script's file belongs to the model"
    items = {item["PK"]["S"]: item for item in dynamodb().scan(TableName=prefixes[-1] + "shop")["Items"]}
    assert len(items) == 250 and items["PRODUCT#3"]["better"] == {"BOOL": True} and "better" not in items["PRODUCT#2"]
