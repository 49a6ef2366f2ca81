"""Without --execute nothing changes: not the folder, not the source, not the target."""
import pytest

from support import DYNAMODB, ROOT, copy_of, dynamodb, files_under, needs_dynamodb, needs_program

pytestmark = needs_program


def begin(migration, shop_file, prefixes) -> str:
    """The starter model of the shop, without its DynamoDB tables; returns their prefix."""
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--endpoint", DYNAMODB)
    prefixes.append(migration.prefix_tables())
    return prefixes[-1]


@needs_dynamodb
@pytest.mark.parametrize("verb", [["create"], ["load"], ["reset"], ["check"], ["preview"], ["inspect"], ["status"]])
def test_a_dry_run_changes_nothing(migration, shop_file, verb):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model((ROOT / "examples/shop/itemize.yaml").read_text().replace("http://127.0.0.1:8000", DYNAMODB))
    migration.prefix_tables()
    before = files_under(migration.folder)
    tables = dynamodb().list_tables()["TableNames"]
    result = migration.run(*verb, "--env", "test")
    assert result.status in (0, 1), repr(result)
    assert dynamodb().list_tables()["TableNames"] == tables
    after = files_under(migration.folder)
    assert {name: text for name, text in after.items() if not name.startswith(".itemize/")} == before
    assert not [name for name in after if name.startswith(".itemize/") and ("rejects" in name or "exports" in name)]


@needs_dynamodb
def test_a_dry_run_of_load_says_what_it_would_do(migration, shop_file, prefixes):
    prefix = begin(migration, shop_file, prefixes)
    assert "orders" in migration.ok("create", "--env", "test").out
    migration.ok("create", "--env", "test", "--execute")
    result = migration.ok("load", "--env", "test")
    assert "--execute" in result.text and prefix + "orders" in result.text
    assert dynamodb().scan(TableName=prefix + "orders", Select="COUNT")["Count"] == 0


@needs_dynamodb
def test_a_dry_run_of_load_in_a_fresh_folder(migration, shop_file, prefixes):
    """Others made the tables: there is no journal yet, and there is none after it."""
    begin(migration, shop_file, prefixes)
    other = type(migration)(migration.folder.parent / "other")
    copy_of(shop_file, other.folder / "shop.db")
    other.write_model(migration.model)
    other.ok("create", "--env", "test", "--execute")
    assert "--execute" in migration.ok("load", "--env", "test").text
    assert not list(migration.folder.rglob("journal.db"))
    other.ok("load", "--env", "test", "--execute")
    refused = migration.run("load", "--env", "test")
    assert refused.status == 1 and "on_existing_items" in refused.text, repr(refused)


@needs_dynamodb
def test_a_dry_run_of_load_says_the_disk_that_documents_need(migration, shop_file, prefixes):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model((ROOT / "examples/documents/itemize.yaml").read_text().replace("http://127.0.0.1:8000", DYNAMODB))
    prefixes.append(migration.prefix_tables())
    migration.ok("create", "--env", "test", "--execute")
    said = [next(line for line in migration.ok(verb, "--env", "test").text.splitlines() if line.startswith("documents: ")) for verb in ("check", "load")]
    assert "order_lines" in said[0] and "on disk" in said[0]
    assert said[0].split(" (")[0] == said[1].split(" (")[0], "what is free may change, what is needed does not"


@needs_dynamodb
def test_reset_takes_away_only_what_the_migration_made(migration, shop_file, prefixes):
    prefix = begin(migration, shop_file, prefixes)
    client = dynamodb()
    client.create_table(TableName=prefix + "tags", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
                        BillingMode="PAY_PER_REQUEST")
    migration.run("create", "--env", "test", "--execute")
    names = lambda: {name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"] if name.startswith(prefix)}  # noqa: E731
    assert len(names()) > 10
    migration.ok("reset", "--env", "test")
    assert len(names()) > 10
    migration.ok("reset", "--env", "test", "--execute")
    assert names() == {prefix + "tags"}


def test_an_export_needs_no_execute_and_takes_it(migration, shop_file):
    """It writes only into --to: with the word and without it the same files."""
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    migration.ok("export", "--to", "plain", "--select", "Tag")
    migration.ok("export", "--to", "executed", "--select", "Tag", "--execute")
    plain, executed = (files_under(migration.folder / name / "tags/data") for name in ("plain", "executed"))
    assert plain and sorted(plain.values()) == sorted(executed.values())
