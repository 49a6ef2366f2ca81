"""Changing one's mind: `plan` says what a changed model means, `load --select X --replace` does it, also when it is killed."""
import random
import signal
import time

import pytest

from kill_resume import item_types
from lib import values
from lib.compare import compare
from lib.designs import ItemType, sortable
from lib.sources import open_source
from lib.targets import open_target
from support import DYNAMODB, dynamodb, files_under, needs_dynamodb, needs_program

pytestmark = [needs_program, needs_dynamodb]

# Things under another key, with one more attribute.
NEW_THING = 'Thing: { table: main, from: things, key: { PK: "THINGS#{owner_id}", SK: "NUMBER#{number}" }, set: { kind: thing } }'


def new_thing(row):
    return {**row.attributes(), "PK": values.string(f"THINGS#{row.raw['owner_id']}"), "SK": values.string(f"NUMBER#{row.raw['number']}"), "kind": values.string("thing")}


def new_item_types() -> list[ItemType]:
    owner, _, name = item_types()
    return [owner, ItemType("Thing", "things", "main", ["PK", "SK"], new_thing), name]


def change_things(owners) -> None:
    lines = owners.migration.model.splitlines()
    owners.migration.write_model("\n".join("  " + NEW_THING if line.strip().startswith("Thing:") else line for line in lines) + "\n")


def states(document: dict) -> dict[str, str]:
    return {each["name"]: each["state"] for each in document["item_types"]}


def plan(owners, *options):
    return owners.migration.ok("plan", "--env", "test", *options)


@pytest.fixture
def loaded(owners):
    made = owners(DYNAMODB)
    made.migration.ok(*made.load)
    return made


def assert_equal(owners, types=None) -> None:
    source = open_source(f"sqlite:{owners.path}")
    report = compare(source, open_target(DYNAMODB, None), types or new_item_types(), owners.prefix)
    source.connection.close()
    assert report.same(), "\n".join(report.lines())


def put(owners, partition: str, sort: str) -> None:
    dynamodb().put_item(TableName=owners.prefix + "main", Item={"PK": {"S": partition}, "SK": {"S": sort}, "by": {"S": "somebody else"}})


def take(owners, partition: str, sort: str) -> dict | None:
    """Deletes the item and returns it."""
    return dynamodb().delete_item(TableName=owners.prefix + "main", Key={"PK": {"S": partition}, "SK": {"S": sort}}, ReturnValues="ALL_OLD").get("Attributes")


def test_plan_says_what_changed_and_writes_nothing(owners):
    made = owners(DYNAMODB)
    assert states(plan(made, "--json").document) == {"Owner": "added", "Thing": "added", "Name": "added"}
    made.migration.ok(*made.load)
    before = files_under(made.migration.folder / ".itemize")
    original = made.migration.model
    assert "nothing changed" in plan(made).out

    # Comments, the order of keys and attributes, and the spelling of expressions mean nothing.
    made.migration.write_model(original.replace('Owner: { table: main, from: owners,', 'Owner:\n    # a comment\n    { from: owners, table: main,').replace("{sortable(number)}", "{ SORTABLE( Number ) }"))
    document = plan(made, "--json").document
    assert not document["changed"] and set(states(document).values()) == {"same"}, document

    change_things(made)
    made.migration.write_model(made.migration.model.replace("OWNER }", "OWNER }, where: \"id <> 7\"").replace("  Name:", "  Names:"))
    result = plan(made)
    assert "Thing: key changed (PK), key changed (SK), attribute kind added: 600 deletes, 600 puts" in result.out
    assert "PK: OWNER#{owner_id}  ->  THINGS#{owner_id}" in result.out
    assert "Owner: where added" in result.out and "Names: new item type" in result.out
    assert "Name: no longer in the model: 400 items stay" in result.out
    assert "--select Owner,Thing,Names --replace --execute" in result.out
    document = plan(made, "--json").document
    thing = next(each for each in document["item_types"] if each["name"] == "Thing")
    assert (thing["puts"], thing["deletes"], thing["loaded_by_run"]) == (600, 600, 1)
    assert states(document) == {"Owner": "changed", "Thing": "changed", "Names": "added", "Name": "removed"}
    assert states(plan(made, "--json", "--select", "Thing").document) == {"Thing": "changed"}
    assert files_under(made.migration.folder / ".itemize") == before


def test_replace_deletes_what_only_the_earlier_load_of_that_item_type_wrote(loaded):
    change_things(loaded)
    loaded.sql("DELETE FROM things WHERE owner_id = 5")
    loaded.sql("DELETE FROM owners WHERE id = 6")            # Owner is not selected: its item stays
    put(loaded, "OWNER#1", "NOTE#1")                         # foreign, beside ours
    dry = loaded.migration.ok("load", "--env", "test", "--select", "Thing", "--replace")
    assert "600 deletes, 600 puts" in dry.out and "nothing was written" in dry.out
    document = loaded.migration.ok(*loaded.load, "--select", "Thing", "--replace", "--json").document
    assert (document["removed"], document["items"]) == (600, {"Thing": 599})
    assert take(loaded, "OWNER#1", "NOTE#1") is not None
    assert take(loaded, "OWNER#6", "OWNER") is not None
    assert dynamodb().delete_item(TableName=loaded.prefix + "by_name", Key={"name": {"S": "name 6"}, "id": {"N": "6"}}, ReturnValues="ALL_OLD").get("Attributes") is not None
    assert_equal(loaded)
    assert set(states(plan(loaded, "--json").document).values()) == {"same"}

    # The keys that were deleted belong to nobody now: whoever takes one keeps it, also when everything is loaded anew.
    put(loaded, "OWNER#2", "THING#1")
    old_key = f"THING#{sortable(1, 8)}"
    put(loaded, "OWNER#9", old_key)
    loaded.sql("DELETE FROM things WHERE owner_id = 7 AND number = 1")
    document = loaded.migration.ok(*loaded.load, "--again", "--json").document
    assert document["removed"] == 3, "one thing, and both items of owner 6, which this test deleted"
    assert take(loaded, "OWNER#2", "THING#1") is not None and take(loaded, "OWNER#9", old_key) is not None
    assert_equal(loaded)


def test_a_selection_without_replace_says_that_older_items_stay(loaded):
    change_things(loaded)
    result = loaded.migration.ok(*loaded.load, "--select", "Thing")
    assert "items that only it wrote stay" in result.out
    document = loaded.migration.ok(*loaded.load, "--select", "Thing", "--replace", "--json").document
    assert document["removed"] == 600 and document["notes"] == []
    assert_equal(loaded)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_replace_is_exact_in_the_end(loaded, seed):
    rng = random.Random(seed)
    change_things(loaded)
    command = [*loaded.load[:-4], "--grace", "0.2", "--range-bytes", "4096", "--select", "Thing", "--replace"]
    killed = 0
    for _ in range(6):
        process = loaded.migration.start(*command, "--rate", "600")     # a second or more, so that kills strike in the middle
        time.sleep(rng.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        killed += process.wait(timeout=60) == -signal.SIGKILL
        if rng.random() < 0.5:
            loaded.change(rng)
    assert killed >= 2
    loaded.migration.ok(*command)
    loaded.migration.ok(*loaded.load[:-4], "--grace", "0.2", "--select", "Name,Owner", "--replace")
    assert_equal(loaded)


def test_an_unfinished_load_that_was_overtaken_begins_anew(owners):
    made = owners(DYNAMODB)
    process = made.migration.start(*made.load, "--rate", "200")
    time.sleep(1.5)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    made.sql("UPDATE things SET body = 'newer'")
    made.migration.ok(*made.load, "--select", "Thing", "--replace")
    made.sql("DELETE FROM things WHERE owner_id = 11")
    result = made.migration.ok(*made.load, "--frozen")
    assert "another run has written the same item types" in result.text
    assert_equal(made, item_types())


def test_replace_and_retry_rejects_are_two_things(loaded):
    result = loaded.migration.run("load", "--env", "test", "--select", "Thing", "--replace", "--retry-rejects")
    assert result.status == 2 and "two different things" in result.err
