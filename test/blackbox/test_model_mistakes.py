"""Every kind of mistake in a model gets its line and its own words; several are reported in one run (MODEL.md, "Mistakes that get their own words")."""
import re

import pytest

from support import copy_of, needs_program

pytestmark = needs_program

GOOD = """itemize: 1
source: sqlite:shop.db
target: { region: eu-west-1 }
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes:
      by_email: { partition_key: { GSI1PK: S } }
items:
  Customer:
    table: shop
    from: customers
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    index_keys: { by_email: { GSI1PK: "{email}" } }
    except: [password_hash]
    set: { type: Customer }
"""

# (what it is, text to replace, its replacement, the line the message must name or None, words of the message)
MISTAKES = [
    ("template without quotes", 'SK: PROFILE', "SK: {id}", 14, ["quote"]),
    ("space before hash", 'key: { PK: "CUSTOMER#{id}", SK: PROFILE }', "key:\n      SK: PROFILE\n      PK: CUSTOMER #{id}", 16, ["#"]),
    ("key without sort key", ', SK: PROFILE }', " }", 14, ["SK"]),
    ("unknown column in a template", "CUSTOMER#{id}", "CUSTOMER#{idd}", 14, ["idd", "did you mean"]),
    ("unknown table", "from: customers", "from: custmers", 13, ["custmers", "did you mean", "customers"]),
    ("unknown DynamoDB table", "table: shop", "table: shopp", 12, ["shopp", "did you mean"]),
    ("unknown field", "from: customers", "frm: customers", 13, ["frm", "did you mean"]),
    ("unknown index", "by_email: { GSI1PK: \"{email}\"", "by_mail: { GSI1PK: \"{email}\"", 15, ["by_mail", "did you mean"]),
    ("index key that nobody writes", '    index_keys: { by_email: { GSI1PK: "{email}" } }\n', "", None, ["GSI1PK"]),
    ("set and column of one name", "type: Customer", "full_name: x", 17, ["full_name"]),
    ("unknown function", "CUSTOMER#{id}", "CUSTOMER#{sortible(id)}", 14, ["sortible"]),
    ("broken expression", "CUSTOMER#{id}", "CUSTOMER#{id +}", 14, ["syntax error"]),
    ("brace without end", "CUSTOMER#{id}", "CUSTOMER#{id", 14, ["brace is not closed"]),
    ("unknown column in except", "except: [password_hash]", "except: [password_hsh]", 16, ["password_hsh"]),
    ("wrong type of key", "PK: S }", "PK: T }", 6, ["T"]),
    ("wrong version", "itemize: 1", "itemize: 9", 1, ["newer program"]),
    ("no source", "source: sqlite:shop.db\n", "", None, ["source"]),
    ("broken YAML", "target: {", "target: [", 3, []),
    ("field twice", "    from: customers\n", "    from: customers\n    from: orders\n", 14, ["from"]),
    ("GSI name too short", "by_email", "by", None, ["by"]),
    ("tab for indentation", "    from: customers", "\tfrom: customers", None, []),
    ("lpad that can cut", "CUSTOMER#{id}", "CUSTOMER#{lpad(id::text, 2, '0')}", 14, ["lpad"]),
]


@pytest.mark.parametrize("name, old, new, line, words", MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_mistake(migration, shop_file, name, old, new, line, words):
    copy_of(shop_file, migration.folder / "shop.db")
    text = GOOD.replace(old, new)
    assert text != GOOD
    migration.write_model(text)
    result = migration.run("check")
    # Two are warnings: a cut may be what is meant, and an index may be filled by the application later.
    assert result.status == (0 if name in ("lpad that can cut", "index key that nobody writes") else 2), repr(result)
    for word in words:
        assert word.lower() in result.text.lower(), f"{word!r} is not in:\n{result.text}"
    if line:
        assert re.search(rf"itemize\.yaml:{line}:\d+", result.text), f"line {line} is not in:\n{result.text}"


def test_the_good_model_is_good(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(GOOD)
    result = migration.ok("check")
    assert "error" not in result.text


def test_all_mistakes_in_one_run(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(GOOD.replace("table: shop", "table: shopp").replace("from: customers", "frm: customers").replace("PK: S }", "PK: T }"))
    result = migration.run("check")
    assert result.status == 2
    assert len(re.findall(r"itemize\.yaml:\d+:\d+", result.text)) >= 3


def test_findings_as_json(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(GOOD.replace("CUSTOMER#{id}", "CUSTOMER#{idd}"))
    result = migration.run("check", "--json")
    assert result.status == 2
    finding = next(finding for finding in result.document["findings"] if finding["severity"] == "error")
    assert finding["line"] == 14 and "idd" in finding["message"]


def test_an_expression_may_use_an_excluded_column(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(GOOD.replace("type: Customer", 'type: Customer, short: "{lower(password_hash)}"'))
    migration.ok("check")


def test_a_known_collision_is_refused(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model(GOOD.replace("CUSTOMER#{id}", "CUSTOMER#{newsletter}"))
    scan = migration.run("check", "--scan")
    assert scan.status == 1 and "collision" in scan.text.lower(), repr(scan)
    result = migration.run("export", "--to", "exports")
    assert result.status == 2, repr(result)
    assert not list((migration.folder / "exports").glob("*/manifest.json"))
