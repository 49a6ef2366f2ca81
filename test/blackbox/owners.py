"""A migration of generated owners and their things, and the misbehaving DynamoDB that it is loaded through."""
import json
import random
import sqlite3
import subprocess
import sys
import urllib.request
import uuid

from kill_resume import MODEL, SCHEMA, item_types
from lib.compare import Report, compare
from lib.sources import open_source
from lib.targets import open_target
from support import DYNAMODB, ROOT, Migration

OWNERS = 400                                     # with their things and names about 1,400 items
LATE = 1.0                                       # seconds
GRACE = "2"                                      # longer than anything is late


class Proxy:
    """test/fault_proxy.py in front of DynamoDB Local, for the length of a with block."""

    def __init__(self, *options):
        command = [sys.executable, ROOT / "test/fault_proxy.py", "--target", DYNAMODB, "--late-seconds", LATE, "--delay-seconds", 0.5, "--seed", 11, *options]
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)

    def page(self, name: str) -> dict:
        return json.loads(urllib.request.urlopen(f"{self.url}/{name}", timeout=60).read())

    def counts(self) -> dict:
        return self.page("__faults")

    def wait_until_quiet(self) -> None:
        self.page("__quiet")


class Owners:
    """A SQLite source, a migration of it through a proxy, and the comparison."""

    def __init__(self, folder, endpoint: str, tables: str = "billing_mode: PAY_PER_REQUEST"):
        """`tables`: settings of both DynamoDB tables."""
        self.migration = Migration(folder / "migration")
        self.path = folder / "source.db"
        self.prefix = f"f{uuid.uuid4().hex[:10]}-"
        with sqlite3.connect(self.path) as connection:
            for statement in SCHEMA:
                connection.execute(statement)
            connection.executemany("INSERT INTO owners VALUES (?, ?, ?)", [(o, f"name {o % 97}", f"{o}.25") for o in range(1, OWNERS + 1)])
            connection.executemany("INSERT INTO things VALUES (?, ?, ?)",
                                   [(o, n, f"thing {n} of {o} " + "x" * (o % 200)) for o in range(1, OWNERS + 1) for n in range(1, 1 + o % 4)])
        connection.close()
        model = MODEL.format(source=f"sqlite:{self.path}", endpoint=endpoint, prefix=self.prefix)
        self.migration.write_model(model.replace("billing_mode: PAY_PER_REQUEST", tables))
        self.migration.ok("create", "--env", "test", "--execute")

    load = ["load", "--env", "test", "--execute", "--grace", GRACE, "--range-bytes", "16384"]

    def change(self, rng: random.Random) -> None:
        with sqlite3.connect(self.path, timeout=30) as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM owners")]
            for index, owner in enumerate(rng.sample(ids, 40)):
                if index % 2 == 0:
                    connection.execute("DELETE FROM things WHERE owner_id = ?", (owner,))
                    connection.execute("DELETE FROM owners WHERE id = ?", (owner,))
                else:
                    connection.execute("UPDATE owners SET name = ?, balance = balance + 1 WHERE id = ?", (f"renamed {owner}", owner))
        connection.close()

    def sql(self, statement: str, *values) -> None:
        with sqlite3.connect(self.path, timeout=30) as connection:
            connection.execute(statement, values)
        connection.close()

    def compared(self) -> Report:
        source = open_source(f"sqlite:{self.path}")
        report = compare(source, open_target(DYNAMODB, None), item_types(), self.prefix)
        source.connection.close()                # its read transaction keeps writers out
        return report

    def assert_equal(self) -> int:
        report = self.compared()
        assert report.same(), "\n".join(report.lines())
        return report.equal
