"""new_columns: what becomes of a column that appears between two runs."""
import json
import sqlite3

import pytest

from support import needs_program

pytestmark = needs_program
MODEL = """itemize: 1
source: sqlite:notes.db
target: {{ region: eu-west-1 }}
tables:
  notes: {{ partition_key: {{ id: N }} }}
items:
  Note: {{ table: notes, from: notes, key: {{ id: "{{id}}" }}{more} }}
"""


@pytest.fixture
def grown(migration):
    """A migration that has run once, then its table got a column."""
    connection = sqlite3.connect(migration.folder / "notes.db")
    connection.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes VALUES (1, 'one')")
    migration.write_model(MODEL.format(more=""))
    migration.ok("export", "--to", "exports")
    connection.executescript("ALTER TABLE notes ADD COLUMN colour TEXT; UPDATE notes SET colour = 'red'")
    connection.close()
    return migration


def exported(migration):
    path, = (migration.folder / "exports/notes/data").iterdir()
    return json.loads(path.read_text())["Item"]


def test_stop(grown):
    result = grown.run("export", "--to", "exports", "--again")
    assert result.status == 2 and "colour" in result.err and "new_columns" in result.err, repr(result)
    assert "colour" not in exported(grown)


def test_include(grown):
    grown.write_model(MODEL.format(more=", new_columns: include"))
    grown.ok("export", "--to", "exports", "--again")
    assert exported(grown)["colour"] == {"S": "red"}
    # Known from now on.
    grown.write_model(MODEL.format(more=""))
    grown.ok("export", "--to", "exports", "--again")
    assert exported(grown)["colour"] == {"S": "red"}


def test_ignore(grown):
    grown.write_model(MODEL.format(more=", new_columns: ignore"))
    for _ in range(2):                                               # and stays ignored
        grown.ok("export", "--to", "exports", "--again")
        assert exported(grown) == {"id": {"N": "1"}, "body": {"S": "one"}}


def test_except(grown):
    grown.write_model(MODEL.format(more=", except: [colour]"))
    grown.ok("export", "--to", "exports", "--again")
    assert "colour" not in exported(grown)
