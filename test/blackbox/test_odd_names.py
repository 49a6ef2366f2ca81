"""Tables and columns with names that nobody would choose, the whole way with the starter model; compared with what sqlite3 reads."""
import json
import sqlite3

from lib.targets import open_target
from support import needs_program

pytestmark = needs_program

TABLE = "o\"d\nna'me 🙂 [x]"
COLUMNS = ["select", "co l", 'a"b', "x\ny", "{b}", "it's", "tab\there"]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def make(path) -> None:
    with sqlite3.connect(path) as connection:
        names = ", ".join(f"{quoted(name)} TEXT" for name in COLUMNS[1:])
        connection.execute(f"CREATE TABLE {quoted(TABLE)} ({quoted(COLUMNS[0])} INTEGER PRIMARY KEY, {names})")
        rows = [(number, *(f"{name} {number}" for name in COLUMNS[1:])) for number in range(1, 4)]
        connection.executemany(f"INSERT INTO {quoted(TABLE)} VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        connection.execute("CREATE TABLE documents (id INTEGER PRIMARY KEY, j JSON)")
        connection.executemany("INSERT INTO documents VALUES (?, ?)", [(1, '{"a": 1}'), (2, "not json")])


def test_names_with_quotes_and_line_breaks(migration):
    make(migration.folder / "odd.db")
    migration.ok("init", "sqlite:odd.db", "--endpoint", "http://127.0.0.1:1")
    check = migration.ok("check").out
    row, = (line for line in check.splitlines() if "unique, proven" in line and "🙂" in line)
    assert r"""o"d\nna'me 🙂 [x]""" in row, "one line of the table of item types"
    assert r"x\ny" in migration.ok("inspect").out
    migration.ok("export", "--to", "exports", "--execute", status=1)
    items = [item for folder in (migration.folder / "exports").iterdir() if "document" not in folder.name
             for item in open_target(None, str(folder.parent)).items(folder.name)]
    with sqlite3.connect(migration.folder / "odd.db") as connection:
        expected = [dict(zip(COLUMNS, row)) for row in connection.execute(f"SELECT * FROM {quoted(TABLE)}")]
    found = sorted(({name: int(value["N"]) if "N" in value else value["S"] for name, value in item.items()} for item in items), key=lambda item: item["select"])
    assert found == expected


def test_text_that_is_no_json_is_told_in_words(migration):
    make(migration.folder / "odd.db")
    migration.ok("init", "sqlite:odd.db", "--endpoint", "http://127.0.0.1:1")
    migration.ok("export", "--to", "exports", "--execute", status=1)
    reject = json.loads((migration.folder / ".itemize/rejects/Document.jsonl").read_text())
    assert reject["reason"] == "invalid_json"
    assert reject["sentence"] == "not JSON: a word or a sign stands where a value should"
