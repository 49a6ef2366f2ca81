"""The published JSON Schema (docs/itemize.schema.json): it knows the keys and words that the program knows, takes the models that are
right - also those of a later version's features - and refuses what `itemize check` refuses for its form."""
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from support import ROOT, copy_of, needs_program

SCHEMA = json.loads((ROOT / "docs/itemize.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema: `no` is text, `12:30` is text, a date is text."""


CoreLoader.yaml_implicit_resolvers = {}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^([-+]?[0-9]+)$"), list("-+0123456789"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"), list("-+.0123456789"))


def faults(text: str) -> list[str]:
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in VALIDATOR.iter_errors(yaml.load(text, CoreLoader))]


def words_of_program() -> dict[str, list[str]]:
    """The arrays of src/model/keys.h."""
    header = (ROOT / "src/model/keys.h").read_text()
    return {name: re.findall(r'"([^"]*)"sv', words) for name, words in re.findall(r"std::array (\w+) = \{(.*?)\};", header, re.DOTALL)}


def test_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_keys_are_the_programs():
    known = words_of_program()
    definitions = SCHEMA["$defs"]
    table = definitions["table"]["properties"]
    objects = {
        "top": SCHEMA["properties"], "source": definitions["source_settings"]["properties"], "target": definitions["target"]["properties"],
        "environment": definitions["environment"]["properties"], "table": table, "global_index": definitions["global_index"]["properties"],
        "local_index": definitions["local_index"]["properties"], "projection": definitions["projection"]["oneOf"][1]["properties"],
        "throughput": definitions["throughput"]["properties"], "time_to_live": table["time_to_live"]["properties"], "during_load": table["during_load"]["properties"],
        "item": definitions["item"]["properties"], "from": definitions["from"]["oneOf"][1]["properties"], "value": definitions["value"]["oneOf"][1]["properties"],
        "lookup": definitions["lookup"]["properties"], "embed": definitions["embed"]["properties"], "via": definitions["embed"]["properties"]["via"]["oneOf"][1]["properties"],
        "overflow": definitions["embed"]["properties"]["on_overflow"]["oneOf"][1]["properties"],
        "spill": definitions["embed"]["properties"]["on_overflow"]["oneOf"][1]["properties"]["spill"]["properties"],
        "shape_maps": definitions["embed"]["properties"]["shape"]["oneOf"][1]["properties"],
        "script": definitions["script"]["properties"],
        "policy": definitions["type_policy"]["oneOf"][1]["properties"], "query": definitions["query"]["properties"],
        "query_dynamodb": definitions["query"]["properties"]["dynamodb"]["properties"],
    }
    item = definitions["item"]["properties"]
    words = {
        "key_types": definitions["key_type"]["enum"], "billing_modes": table["billing_mode"]["enum"], "projections": definitions["projection"]["oneOf"][0]["enum"],
        "streams": table["stream"]["enum"], "table_classes": table["table_class"]["enum"], "expired_rows": table["time_to_live"]["properties"]["expired_rows"]["enum"],
        "after_load": table["after_load"]["items"]["enum"], "on_existing_items": table["on_existing_items"]["enum"], "namings": definitions["naming"]["enum"],
        "new_columns": item["new_columns"]["enum"], "duplicates": item["duplicates"]["enum"], "write_types": definitions["write_type"]["enum"],
        "otherwise": [word for word in definitions["type_policy"]["oneOf"][1]["properties"]["otherwise"]["enum"] if word], "nulls": definitions["nulls"]["enum"],
        "shapes": definitions["embed"]["properties"]["shape"]["oneOf"][0]["enum"], "on_overflow": definitions["embed"]["properties"]["on_overflow"]["oneOf"][0]["enum"],
        "order": definitions["order"]["oneOf"][1]["additionalProperties"]["enum"],
        "on_reject": SCHEMA["properties"]["on_reject"]["enum"],
        "url_schemes": re.match(r"\^\(([a-z|]+)\)", definitions["source_url"]["pattern"]).group(1).split("|"),
    }
    assert set(known) == set(objects) | set(words), "keys.h and this test name different lists"
    for name, members in {**objects, **words}.items():
        assert sorted(members) == sorted(known[name]), name


def test_the_samples_are_right():
    assert faults((ROOT / "examples/shop/itemize.yaml").read_text()) == []
    for seed in ("good.yaml", "shop.yaml"):
        assert faults((ROOT / "test/fuzz/model_parse_fuzz" / seed).read_text()) == []


@pytest.mark.parametrize("name", ["model.md", "relations.md"])
def test_models_in_the_reference_are_right(name):
    page = (ROOT / "docs" / name).read_text()
    models = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if re.match(r"\s*(#.*\n)*itemize: 1", block)]
    assert models
    for model in models:
        assert faults(model) == []


# Everything that has more than one row or comes later: the language has it, this version does not.
LATER = """itemize: 1
sources:
  shop: { url: "postgresql://app@db.example:5432/shop?sslmode=verify-full", time_zone: Europe/Berlin }
  stock: { url: "mysql://app@stock.example/stock" }
tables:
  shop: { partition_key: { PK: S }, sort_key: { SK: S } }
items:
  Customer:
    table: shop
    from: { source: shop, schemas: "tenant_%", table: customers }
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    embed:
      addresses: { from: addresses, shape: list, order_by: [position], limit: 50, on_overflow: error }
      tags: { from: tags, via: customer_tags, columns: [name], shape: set }
      follows: { from: people, via: { table: follows, from_parent: [follower_id], to_child: [followee_id], columns: [since] }, shape: { map_by: id } }
    lookup: { country: { from: countries, columns: [name, iso_code], flatten: true } }
    application_owned: [loyaltyTier]
    on_collision: reject
  Order:
    table: shop
    from: orders
    lookup: { customer: { from: customers, by: customer_id, columns: none }, root: { from: orders, by: parent_id, recursive: root, max_depth: 50 } }
    key: { PK: "CUSTOMER#{customer_id}", SK: "ORDER#{sortable(id)}" }
    embed:
      lines:
        from: order_lines
        match: { order_id: id }
        on_overflow: { spill: { key: { PK: "CUSTOMER#{customer_id}", SK: "LINES#{sortable(id)}#{chunk}" }, items: 100 } }
        lookup: { product: { from: products, columns: [name, sku], flatten: true } }
  Tagged: { table: shop, from: articles, for_each: { tag: "{tags}" }, key: { PK: "TAG#{tag}", SK: "ARTICLE#{id}" }, columns: [title] }
version_attribute: _v
"""


def test_the_whole_language_is_right():
    assert faults(LATER) == []


GOOD = """itemize: 1
source: sqlite:shop.db
target: { region: eu-west-1 }
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes: { by_email: { partition_key: { GSI1PK: S } } }
items:
  Customer:
    table: shop
    from: customers
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    index_keys: { by_email: { GSI1PK: "{email}" } }
    except: [password_hash]
    set: { type: Customer }
"""

RIGHT = [
    ("as it is", "itemize: 1", "itemize: 1"),
    ("source as a map", "source: sqlite:shop.db", "source: { url: \"sqlite:shop.db\", time_zone: UTC }"),
    ("named source", "source: sqlite:shop.db", "sources: { shop: { url: \"sqlite:shop.db\" } }"),
    ("from as a map", "from: customers", "from: { table: customers }"),
    ("several index keys", "partition_key: { GSI1PK: S } }", "partition_key: [ { GSI1PK: S } ], projection: { INCLUDE: [type] } }"),
    ("constants", "type: Customer", "type: Customer, n: 12.5, flag: true, nothing: null"),
    ("a value with a type", "type: Customer", "type: { expr: \"{id}\", type: S }"),
    ("columns none", "except: [password_hash]", "columns: none"),
    ("columns", "except: [password_hash]", "columns: [id]"),
    ("types", "items:\n", "types: { text: S, integer: { as: N, otherwise: null } }\nnulls: write\nitems:\n"),
    ("provisioned", "    sort_key:", "    billing_mode: PROVISIONED\n    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }\n    sort_key:"),
    ("table settings", "    sort_key:", "    stream: KEYS_ONLY\n    deletion_protection: true\n    after_load: [stream]\n    during_load: { warm_write_units: 5000 }\n    managed: false\n    tags: { a: b }\n    sort_key:"),
    ("lua", "set:", "script: { lua: \"function transform(item) return item end\", keeps_key: true, columns: [id] }\n    set:"),
    ("exec", "set:", "script: { exec: [python3, order.py], timeout_seconds: 30, columns: none }\n    set:"),
    ("identity", "set:", "identity: [id]\n    set:"),
    ("environment", "tables:\n  shop:", "environments: { test: { target: { endpoint: \"http://127.0.0.1:8000\" }, table_prefix: t- } }\ntables:\n  shop:"),
]

WRONG = [
    ("unknown top key", "target:", "targets:"),
    ("unknown table key", "sort_key:", "sortkey:"),
    ("unknown item key", "from:", "frm:"),
    ("no version", "itemize: 1\n", ""),
    ("other version", "itemize: 1", "itemize: 2"),
    ("no source", "source: sqlite:shop.db\n", ""),
    ("two sources", "target:", "sources: { a: { url: \"sqlite:b.db\" } }\ntarget:"),
    ("unknown scheme", "sqlite:shop.db", "sqlight:shop.db"),
    ("no tables", GOOD[GOOD.index("tables:"):GOOD.index("items:")], ""),
    ("no items", GOOD[GOOD.index("items:"):], ""),
    ("account as a number", "region: eu-west-1", "account: 123456789012345"),
    ("endpoint without scheme", "region: eu-west-1", "endpoint: localhost"),
    ("key type", "{ PK: S }", "{ PK: T }"),
    ("key type in small", "{ PK: S }", "{ PK: s }"),
    ("two partition keys", "{ PK: S }", "{ PK: S, Q: S }"),
    ("partition key as text", "{ PK: S }", "PK"),
    ("no partition key", "    partition_key: { PK: S }\n", ""),
    ("table name too short", "  shop:\n", "  sh:\n"),
    ("index name too short", "by_email: { partition_key", "by: { partition_key"),
    ("index without key", "partition_key: { GSI1PK: S } } }", "projection: ALL } }"),
    ("five index keys", "partition_key: { GSI1PK: S }", "partition_key: [ { GSI1PK: S }, { b: S }, { c: S }, { d: S }, { e: S } ]"),
    ("projection", "partition_key: { GSI1PK: S }", "partition_key: { GSI1PK: S }, projection: SOME"),
    ("empty INCLUDE", "partition_key: { GSI1PK: S }", "partition_key: { GSI1PK: S }, projection: { INCLUDE: [] }"),
    ("billing mode", "    sort_key:", "    billing_mode: ON_DEMAND\n    sort_key:"),
    ("half a throughput", "    sort_key:", "    billing_mode: PROVISIONED\n    provisioned_throughput: { read_capacity_units: 5 }\n    sort_key:"),
    ("managed as text", "    sort_key:", "    managed: \"yes\"\n    sort_key:"),
    ("time_to_live without attribute", "    sort_key:", "    time_to_live: { expired_rows: skip }\n    sort_key:"),
    ("item without key", '    key: { PK: "CUSTOMER#{id}", SK: PROFILE }\n', ""),
    ("item without table", "    table: shop\n", ""),
    ("item without from", "    from: customers\n", ""),
    ("key as a list", "SK: PROFILE", "SK: [PROFILE]"),
    ("key as a map", "SK: PROFILE", "SK: {id}"),
    ("key null", "SK: PROFILE", "SK: null"),
    ("key true", "SK: PROFILE", "SK: true"),
    ("key with a type", "SK: PROFILE", "SK: { expr: PROFILE, type: S }"),
    ("columns and except", "except:", "columns: [id]\n    except:"),
    ("columns as text", "except: [password_hash]", "columns: id"),
    ("except as text", "except: [password_hash]", "except: password_hash"),
    ("set as a list", "type: Customer", "type: [Customer]"),
    ("set of unknown type", "type: Customer", "type: { expr: \"{id}\", type: STRING }"),
    ("script of two kinds", "set:", "script: { lua: a.lua, exec: [b] }\n    set:"),
    ("script of none", "set:", "script: { keeps_key: true }\n    set:"),
    ("exec as text", "set:", "script: { exec: \"python3 a.py\" }\n    set:"),
    ("time-out of Lua", "set:", "script: { lua: a.lua, timeout_seconds: 5 }\n    set:"),
    ("time-out of nothing", "set:", "script: { exec: [a], timeout_seconds: 0 }\n    set:"),
    ("naming", "set:", "naming: kebab-case\n    set:"),
    ("new_columns", "set:", "new_columns: maybe\n    set:"),
    ("identity as text", "set:", "identity: id\n    set:"),
    ("empty identity", "set:", "identity: []\n    set:"),
    ("duplicates without identity row", "set:", "duplicates: reject\n    set:"),
    ("empty where", "set:", "where: \"\"\n    set:"),
    ("policy", "set:", "column_types: { id: number }\n    set:"),
    ("otherwise", "set:", "column_types: { id: { otherwise: skip } }\n    set:"),
    ("nulls", "items:\n", "nulls: drop\nitems:\n"),
    ("item name", "  Customer:\n", "  \"Customer/A\":\n"),
    ("query without sql", "items:\n", "queries: { q: { dynamodb: { table: shop } } }\nitems:\n"),
    ("query parameter", "items:\n", "queries: { q: { sql: x, dynamodb: { table: shop, key_condition: x } } }\nitems:\n"),
]


@pytest.mark.parametrize("name, old, new", RIGHT, ids=[case[0] for case in RIGHT])
def test_right(name, old, new):
    assert old in GOOD
    assert faults(GOOD.replace(old, new, 1)) == []


@pytest.mark.parametrize("name, old, new", WRONG, ids=[case[0] for case in WRONG])
def test_wrong(name, old, new):
    assert old in GOOD
    assert faults(GOOD.replace(old, new, 1)) != []


@needs_program
def test_the_program_agrees(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    disagreements = []
    for wanted, cases in ((0, RIGHT), (2, WRONG)):
        for name, old, new in cases:
            migration.write_model(GOOD.replace(old, new, 1))
            result = migration.run("check")
            if result.status != wanted:
                disagreements.append(f"{name}: status {result.status}\n{result.text}")
    assert not disagreements, "\n".join(disagreements)


@needs_program
def test_what_comes_later_is_refused_in_words(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(LATER)
    result = migration.run("check")
    assert result.status == 2
    for word in ("application_owned", "on_collision", "version_attribute"):
        assert re.search(rf"{word}\b.*not supported by this version", result.text), word
