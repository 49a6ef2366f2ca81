#!/usr/bin/env python3
"""Kills `itemize load` or `itemize export` at random instants, changes the source in between, and in the end compares exactly.

    with_engines test/kill_resume.py --verb load --source postgres --kills 50

After each kill rows are inserted, updated, deleted and given other keys. Then the same command runs to its end, and the independent
checker must find every item equal to the source, and none that is not in it. Prints what it did; the seed repeats the choices.
Exit status: 0 equal, 1 not.
"""
import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "blackbox"))

from lib import values  # noqa: E402
from lib.compare import compare  # noqa: E402
from lib.designs import ItemType, sortable  # noqa: E402
from lib.sources import open_source  # noqa: E402
from lib.targets import open_target  # noqa: E402
from support import DYNAMODB, PROGRAM, Database, drop_tables  # noqa: E402

SCHEMA = ["CREATE TABLE owners (id integer PRIMARY KEY, name text NOT NULL, balance numeric(12,2) NOT NULL)",
          "CREATE TABLE things (owner_id integer NOT NULL, number integer NOT NULL, body text NOT NULL, PRIMARY KEY (owner_id, number))"]

# Two item types in one DynamoDB table; owners also in a second one, under another key.
MODEL = """itemize: 1
source: {source}
target: {{ region: eu-west-1, endpoint: "{endpoint}" }}
environments:
  test: {{ table_prefix: {prefix} }}
tables:
  main: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }}, billing_mode: PAY_PER_REQUEST }}
  by_name: {{ partition_key: {{ name: S }}, sort_key: {{ id: N }}, billing_mode: PAY_PER_REQUEST }}
items:
  Owner: {{ table: main, from: owners, key: {{ PK: "OWNER#{{id}}", SK: OWNER }} }}
  Thing: {{ table: main, from: things, key: {{ PK: "OWNER#{{owner_id}}", SK: "THING#{{sortable(number)}}" }} }}
  Name: {{ table: by_name, from: owners, key: {{ name: "{{name}}", id: "{{id}}" }} }}
"""


# The same rows as documents: owners hold their things, things look their owner up.
DOCUMENTS = """
  Owner:
    table: main
    from: owners
    key: {{ PK: "OWNER#{{id}}", SK: OWNER }}
    embed: {{ things: {{ from: things, match: {{ owner_id: id }}, order_by: [number], except: [owner_id] }} }}
  Thing:
    table: main
    from: things
    key: {{ PK: "OWNER#{{owner_id}}", SK: "THING#{{sortable(number)}}" }}
    lookup: {{ owner: {{ from: owners, match: {{ owner_id: id }}, columns: [name, balance] }} }}
  Name: {{ table: by_name, from: owners, key: {{ name: "{{name}}", id: "{{id}}" }} }}
"""
DOCUMENT_MODEL = MODEL[:MODEL.index("items:")] + "items:" + DOCUMENTS


def document_types(source) -> list[ItemType]:
    """The join by hand: integers, equal as their texts are."""
    rows = {table.name: list(source.rows(table)) for table in source.tables()}
    owners = {row.raw["id"]: row for row in rows["owners"]}
    things = {}
    for row in sorted(rows["things"], key=lambda row: int(row.raw["number"])):
        things.setdefault(row.raw["owner_id"], []).append(row)
    owner_type, thing_type, name_type = item_types()

    def without_owner(row):
        return {"M": {name: value for name, value in row.attributes().items() if name != "owner_id"}}

    def owner(row):
        return {**owner_type.make(row), "things": {"L": [without_owner(each) for each in things.get(row.raw["id"], [])]}}

    def thing(row):
        found = owners.get(row.raw["owner_id"])
        held = {"owner": {"M": {name: found.attributes()[name] for name in ("name", "balance")}}} if found else {}
        return {**thing_type.make(row), **held}

    return [ItemType("Owner", "owners", "main", owner_type.key, owner), ItemType("Thing", "things", "main", thing_type.key, thing), name_type]


def item_types() -> list[ItemType]:
    def owner(row):
        return {**row.attributes(), "PK": values.string(f"OWNER#{row.raw['id']}"), "SK": values.string("OWNER")}

    def thing(row):
        return {**row.attributes(), "PK": values.string(f"OWNER#{row.raw['owner_id']}"), "SK": values.string("THING#" + sortable(row.raw["number"], row.table.width("number")))}

    return [ItemType("Owner", "owners", "main", ["PK", "SK"], owner), ItemType("Thing", "things", "main", ["PK", "SK"], thing),
            ItemType("Name", "owners", "by_name", ["name", "id"], lambda row: row.attributes())]


class PostgresSource:
    def __init__(self, folder: Path):
        self.database = Database()
        self.url = self.database.url
        self.mark = "%s"

    def connect(self):
        return self.database.psycopg.connect(self.url)

    def drop(self):
        self.database.drop()


class SqliteSource:
    def __init__(self, folder: Path):
        self.path = folder / "source.db"
        self.url = f"sqlite:{self.path}"
        self.mark = "?"

    def connect(self):
        return sqlite3.connect(self.path, timeout=30)

    def drop(self):
        pass


class Trial:
    def __init__(self, arguments, folder: Path):
        self.arguments, self.folder = arguments, folder
        self.random = random.Random(arguments.seed)
        self.source = {"postgres": PostgresSource, "sqlite": SqliteSource}[arguments.source](folder)
        self.prefix = f"k{uuid.uuid4().hex[:10]}-"
        self.next_id = arguments.rows + 1
        self.killed = 0

    def many(self, connection, sql: str, rows: list) -> None:
        connection.cursor().executemany(sql.replace("?", self.source.mark), rows)

    def fill(self) -> None:
        connection = self.source.connect()
        for statement in SCHEMA:
            connection.execute(statement)
        owners = range(1, self.arguments.rows + 1)
        self.many(connection, "INSERT INTO owners VALUES (?, ?, ?)", [(o, f"name {o % 97}", f"{o}.25") for o in owners])
        self.many(connection, "INSERT INTO things VALUES (?, ?, ?)", [(o, n, f"thing {n} of {o} " + "x" * (o % 200)) for o in owners for n in range(1, 1 + o % 4)])
        connection.commit()
        connection.close()

    def change(self) -> None:
        """Between kill and resume: new rows, other values, rows gone, rows under another key."""
        connection = self.source.connect()
        ids = [row[0] for row in connection.execute("SELECT id FROM owners ORDER BY id").fetchall()]
        chosen = self.random.sample(ids, min(len(ids), self.arguments.changes * 3))
        updated, deleted, moved = chosen[0::3], chosen[1::3], chosen[2::3]
        self.many(connection, "UPDATE owners SET balance = balance + 1, name = ? WHERE id = ?", [(f"renamed {self.random.randrange(50)}", o) for o in updated])
        self.many(connection, "DELETE FROM things WHERE owner_id = ?", [(o,) for o in deleted])
        self.many(connection, "DELETE FROM owners WHERE id = ?", [(o,) for o in deleted])
        for o in moved:                          # re-keyed, its things with it; some take the place of a row that was deleted
            new = deleted.pop() if deleted and self.random.random() < 0.5 else self.fresh()
            self.many(connection, "UPDATE owners SET id = ? WHERE id = ?", [(new, o)])
            self.many(connection, "UPDATE things SET owner_id = ? WHERE owner_id = ?", [(new, o)])
        born = [self.fresh() for _ in range(self.arguments.changes)]
        self.many(connection, "INSERT INTO owners VALUES (?, ?, ?)", [(o, f"born {o}", "0") for o in born])
        self.many(connection, "INSERT INTO things VALUES (?, ?, ?)", [(o, 1, "new") for o in born])
        connection.commit()
        connection.close()

    def fresh(self) -> int:
        self.next_id += 1
        return self.next_id

    def command(self) -> list[str]:
        """With --again, because a kill may strike after the run was recorded as finished: an unfinished run is carried on all the same."""
        verb = {"load": ["load", "--execute", "--grace", "1"], "export": ["export", "--to", "exports"]}[self.arguments.verb]
        return [str(PROGRAM), *verb, "--env", "test", "--again", "--range-bytes", str(self.arguments.range_bytes)]

    def run(self, seconds: float | None) -> int | None:
        """To its end (the status), or killed after some seconds (None)."""
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(self.command(), cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                return process.wait(timeout=seconds if seconds is not None else 900)
            except subprocess.TimeoutExpired:
                process.send_signal(self.random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
                status = process.wait(timeout=120)
                return status if status in (0, 1) else None

    def go(self) -> int:
        self.fill()
        (self.folder / "itemize.yaml").write_text((DOCUMENT_MODEL if self.arguments.documents else MODEL).format(source=self.source.url, endpoint=DYNAMODB or "http://127.0.0.1:9", prefix=self.prefix))
        if self.arguments.verb == "load":
            subprocess.run([PROGRAM, "create", "--env", "test", "--execute"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        longest = self.arguments.longest
        while self.killed < self.arguments.kills:
            started = time.monotonic()
            status = self.run(self.random.random() * longest)
            if status is None:
                self.killed += 1
            elif status == 0:                    # it was faster than the kill; the end of a run is to be struck too
                longest = max(0.05, min(self.arguments.longest, (time.monotonic() - started) * 1.1))
            else:
                print(f"kill_resume: status {status} after {self.killed} kills:\n{self.log_end()}")
                return 1
            self.change()
        said = (self.folder / "log").stat().st_size if (self.folder / "log").exists() else 0
        status = self.run(None)
        if status == 0 and "everything was read" in (self.folder / "log").read_text(errors="replace")[said:]:
            status = self.run(None)              # that one ended a killed run, at its own point in time: this one is of now
        if status != 0:
            print(f"kill_resume: the last run ended with status {status}:\n{self.log_end()}")
            return 1
        files = str(self.folder / "exports") if self.arguments.verb == "export" else None
        report = compare(open_source(self.source.url), open_target(DYNAMODB, files),
                         document_types(open_source(self.source.url)) if self.arguments.documents else item_types(), self.prefix)
        print(f"kill_resume: {self.arguments.verb} from {self.arguments.source}, seed {self.arguments.seed}, {self.killed} kills")
        print("\n".join(report.lines()))
        if (self.folder / ".itemize/test/store").exists():
            print("kill_resume: the local store was left behind")
            return 1
        return 0 if report.same() else 1

    def log_end(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-3000:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verb", choices=["load", "export"], required=True)
    parser.add_argument("--source", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--documents", action="store_true", help="items made of rows of both tables")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=3000, help="owners; with their things and names about 3.5 times as many items")
    parser.add_argument("--changes", type=int, default=40, help="rows of each kind of change after each kill")
    parser.add_argument("--range-bytes", type=int, default=16384)
    parser.add_argument("--longest", type=float, default=4.0, help="seconds after which a run is killed at the latest")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="keep the migration's folder")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="itemize-test-kill-"))
    trial = Trial(arguments, folder)
    try:
        return trial.go()
    finally:
        trial.source.drop()
        if arguments.verb == "load":
            drop_tables(trial.prefix)
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            subprocess.run(["rm", "-rf", folder], check=False)


if __name__ == "__main__":
    os.environ.setdefault("AWS_REGION", "eu-west-1")
    sys.exit(main())
