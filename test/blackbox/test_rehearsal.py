"""A rehearsal by --env: made, loaded and reset, while the real tables and the real run's state stay as they are."""
from support import DYNAMODB, check, copy_of, dynamodb, files_under, needs_dynamodb, needs_program

pytestmark = [needs_program, needs_dynamodb]


def items_of(names: list[str]) -> dict:
    client = dynamodb()
    return {name: sorted(str(sorted(item.items())) for page in client.get_paginator("scan").paginate(TableName=name) for item in page["Items"]) for name in names}


def test_production_is_untouched(migration, shop_file, prefixes):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--endpoint", DYNAMODB)
    # Production is an environment here, too: DynamoDB Local is shared, and its tables need a prefix of their own.
    prefix = migration.prefix_tables()
    rehearsal = prefix[:-1] + "r-"
    prefixes += [prefix, rehearsal]
    migration.write_model(migration.model + f"  rehearsal: {{ table_prefix: {rehearsal} }}\n")
    migration.ok("create", "--env", "test", "--execute")
    migration.ok("load", "--env", "test", "--execute")
    mine = [name for page in dynamodb().get_paginator("list_tables").paginate() for name in page["TableNames"] if name.startswith(prefix)]
    before = items_of(mine), files_under(migration.folder / ".itemize/test")
    assert len(mine) > 10 and sum(map(len, before[0].values())) > 1000

    migration.ok("create", "--env", "rehearsal", "--execute")
    migration.ok("load", "--env", "rehearsal", "--execute")
    check(f"sqlite:{migration.folder}/shop.db", rehearsal)
    assert (migration.folder / ".itemize/rehearsal").is_dir()
    migration.ok("reset", "--env", "rehearsal", "--execute")

    assert not [name for page in dynamodb().get_paginator("list_tables").paginate() for name in page["TableNames"] if name.startswith(rehearsal)]
    assert (items_of(mine), files_under(migration.folder / ".itemize/test")) == before
    check(f"sqlite:{migration.folder}/shop.db", prefix)
