#!/usr/bin/env python3
"""Exports a MySQL or MariaDB source again and again while others write to it, and proves that each export is one point of the source.

    with_engines --mariadb test/snapshot_under_load.py --runs 20 --user itemize_reader
    with_mysql 9 test/snapshot_under_load.py --server mysql --runs 20 --user itemize_reader --sysbench

Each writer owns accounts; one transaction moves money between them, opens one, closes one, gives one another primary key, or moves one
to a second table, and writes into a third how many accounts, whose sum of numbers, and how much money there are now. So the files of an
export must agree with its own row in the third table, exactly, for each writer; no number may be there twice or be missing.
With --sysbench its write-only load runs beside: it deletes and inserts the same row in a transaction, so that the count of rows stays.
Prints a line a run; exit status 0: all are one point, 1: not.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "blackbox"))

from lib import mysql_client  # noqa: E402
from support import Migration  # noqa: E402

PASSWORD = {"mariadb": "ITEMIZE_TEST_MARIADB_PASSWORD", "mysql": "ITEMIZE_TEST_MYSQL_PASSWORD"}
KEYS = 1 << 30                                   # keys are drawn from so many: rows come and go in every range of keys
SCHEMA = ["CREATE TABLE accounts (id bigint PRIMARY KEY, writer int NOT NULL, number int NOT NULL, balance bigint NOT NULL, padding varchar(200) NOT NULL)",
          "CREATE TABLE archive (id bigint PRIMARY KEY, writer int NOT NULL, number int NOT NULL, balance bigint NOT NULL, padding varchar(200) NOT NULL)",
          "CREATE TABLE totals (writer int PRIMARY KEY, accounts int NOT NULL, numbers bigint NOT NULL, balance bigint NOT NULL, steps bigint NOT NULL)"]
SYSBENCH_ROWS = 5000


class Writer(threading.Thread):
    """Changes its own accounts, a transaction a step, until it is told to stop. What it holds in memory is only which it has."""

    def __init__(self, url: str, number: int, accounts: int, pause: float, seed: int):
        super().__init__(daemon=True)
        self.writer, self.pause, self.random = number, pause, random.Random(seed * 1000 + number)
        self.stopping, self.failure, self.steps = threading.Event(), None, 0
        self.connection = mysql_client.connect(url)
        self.cursor = self.connection.cursor()
        self.cursor.execute("SET autocommit = 0")
        self.places = {"accounts": {}, "archive": {}}              # table -> id -> number
        self.next_number = 0
        rows = [self.fresh(100) for _ in range(accounts)]
        self.cursor.execute("INSERT INTO accounts VALUES " + ", ".join(map(str, rows)))
        self.cursor.execute(f"INSERT INTO totals VALUES ({number}, {accounts}, {sum(row[2] for row in rows)}, {100 * accounts}, 0)")
        self.connection.commit()

    def new_key(self) -> int:
        """Unique among all writers: the writer's number is its remainder."""
        while True:
            key = self.random.randrange(KEYS) * 64 + self.writer
            if not any(key in held for held in self.places.values()):
                return key

    def fresh(self, balance: int) -> tuple:
        self.next_number += 1
        key = self.new_key()
        self.places["accounts"][key] = self.next_number
        return key, self.writer, self.next_number, balance, "x" * self.random.randrange(200)

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.step()
                self.steps += 1
                if self.pause:
                    time.sleep(self.pause)
        except Exception as error:  # noqa: BLE001  said by the main thread
            self.failure = error
        finally:
            self.connection.close()

    def step(self) -> None:
        one, other = self.random.sample(list(self.places["accounts"]), 2)
        accounts = numbers = balance = 0
        amount = self.random.randrange(1, 50)
        kind = self.random.choice(["transfer", "transfer", "open", "close", "move", "archive", "return"])
        if kind == "transfer":
            self.add("accounts", one, -amount)
            self.add("accounts", other, amount)
        elif kind == "open":
            row = self.fresh(amount)
            self.cursor.execute(f"INSERT INTO accounts VALUES {row}")
            self.add("accounts", other, -amount)
            accounts, numbers = 1, row[2]
        elif kind == "close" and len(self.places["accounts"]) > 50:
            self.cursor.execute(f"SELECT balance FROM accounts WHERE id = {one}")
            rest = int(self.cursor.fetchone()[0])
            self.cursor.execute(f"DELETE FROM accounts WHERE id = {one}")
            accounts, numbers, balance = -1, -self.places["accounts"].pop(one), -rest
        elif kind == "move":
            key = self.new_key()
            self.cursor.execute(f"UPDATE accounts SET id = {key} WHERE id = {one}")
            self.places["accounts"][key] = self.places["accounts"].pop(one)
        elif kind == "archive" and len(self.places["accounts"]) > 50:
            self.carry("accounts", "archive", one)
        elif self.places["archive"]:
            self.carry("archive", "accounts", self.random.choice(list(self.places["archive"])))
        self.cursor.execute(f"UPDATE totals SET accounts = accounts + {accounts}, numbers = numbers + {numbers}, balance = balance + {balance}, "
                            f"steps = steps + 1 WHERE writer = {self.writer}")
        self.connection.commit()

    def add(self, table: str, key: int, amount: int) -> None:
        self.cursor.execute(f"UPDATE {table} SET balance = balance + {amount} WHERE id = {key}")

    def carry(self, source: str, target: str, key: int) -> None:
        self.cursor.execute(f"INSERT INTO {target} SELECT * FROM {source} WHERE id = {key}")
        self.cursor.execute(f"DELETE FROM {source} WHERE id = {key}")
        self.places[target][key] = self.places[source].pop(key)


def exported(folder: Path, table: str) -> list[dict]:
    rows = []
    for path in (folder / table / "data").glob("*.json"):
        for line in path.read_text().splitlines():
            rows.append({name: int(value["N"]) if "N" in value else value["S"] for name, value in json.loads(line)["Item"].items()})
    return rows


def differences(folder: Path, sysbench: bool) -> list[str]:
    """What in this export is not one point; empty when all is well."""
    found = []
    held = defaultdict(list)
    for table in ("accounts", "archive"):
        for row in exported(folder, table):
            held[row["writer"]].append(row)
    totals = exported(folder, "totals")
    if not totals:
        found.append("no totals at all")
    for total in totals:
        rows = held[total["writer"]]
        told = (total["accounts"], total["numbers"], total["balance"])
        seen = (len(rows), sum(row["number"] for row in rows), sum(row["balance"] for row in rows))
        if told != seen:
            found.append(f"writer {total['writer']} at step {total['steps']}: (accounts, numbers, balance) {told} are told, {seen} are there")
        if len({row["number"] for row in rows}) != len(rows):
            found.append(f"writer {total['writer']} at step {total['steps']}: an account is there twice")
    if sysbench:
        ids = [row["id"] for row in exported(folder, "sbtest1")]
        if sorted(ids) != list(range(1, SYSBENCH_ROWS + 1)):
            found.append(f"sysbench: {len(ids)} rows, {len(set(ids))} different ones, {SYSBENCH_ROWS} there were at every commit")
    return found


class Trial:
    def __init__(self, arguments, folder: Path):
        self.arguments = arguments
        server = arguments.server
        self.all_powerful = os.environ[f"ITEMIZE_TEST_{server.upper()}"]
        self.password = os.environ.get(PASSWORD[server], "")
        # A test user's rights are on this database: docs/sources/mysql.md's statements, with another name for `shop`.
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.url = self.all_powerful.rsplit("/", 1)[0] + "/" + self.name
        self.migration = Migration(folder)
        self.migration.environment |= {"ITEMIZE_SOURCE_PASSWORD": self.password}
        self.writers: list[Writer] = []
        self.load = None

    def execute(self, *statements: str) -> None:
        connection = mysql_client.connect(self.all_powerful)
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def sysbench(self, *command: str) -> list[str]:
        parts = urlsplit(self.url)
        return ["sysbench", "oltp_write_only", "--db-driver=mysql", f"--mysql-host={parts.hostname}", f"--mysql-port={parts.port}", f"--mysql-user={parts.username}",
                f"--mysql-password={self.password}", f"--mysql-db={self.name}", "--tables=1", f"--table-size={SYSBENCH_ROWS}", "--threads=2", "--time=0", *command]

    def set_up(self) -> None:
        arguments = self.arguments
        self.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4", f"USE {self.name}", *SCHEMA)
        user = arguments.user or urlsplit(self.url).username
        if arguments.user:
            self.execute(f"GRANT SELECT ON {self.name}.* TO {user}@'%'")
        if arguments.sysbench:
            subprocess.run(self.sysbench("prepare"), check=True, capture_output=True)
        self.writers = [Writer(self.url, number, arguments.accounts, arguments.pause, arguments.seed) for number in range(arguments.writers)]
        source = self.url.replace(f"{urlsplit(self.url).username}@", f"{user}@", 1)
        self.migration.ok("init", source, "--region", "eu-west-1")
        if arguments.sysbench:
            self.load = subprocess.Popen(self.sysbench("run"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for writer in self.writers:
            writer.start()

    def one_run(self, number: int) -> bool:
        arguments = self.arguments
        before = sum(writer.steps for writer in self.writers)
        command = ["export", "--to", f"exports{number}", "--range-bytes", str(arguments.range_bytes), "--connections", str(arguments.connections)]
        result = self.migration.run(*command, *(["--allow-global-lock"] if arguments.allow_global_lock else []))
        steps = sum(writer.steps for writer in self.writers) - before
        folder = self.migration.folder / f"exports{number}"
        found = differences(folder, arguments.sysbench) if result.status == 0 else [repr(result)]
        if steps == 0:
            found.append("nobody wrote meanwhile: nothing was proved")
        found += [f"writer {writer.writer} ended: {writer.failure!r}" for writer in self.writers if writer.failure]
        if self.load and self.load.poll() is not None:
            found.append(f"sysbench ended: {self.load.stderr.read()}")
        ranges = sum(1 for _ in folder.glob("*/data/*.json"))
        print(f"run {number}: {ranges} files, {steps} transactions meanwhile: {'one point' if not found else 'NOT ONE POINT'}", flush=True)
        for line in found:
            print(f"  {line}")
        if not found:
            shutil.rmtree(folder)
        return not found

    def go(self) -> bool:
        self.set_up()
        time.sleep(0.3)
        return all([self.one_run(number) for number in range(1, self.arguments.runs + 1)])

    def tear_down(self) -> None:
        for writer in self.writers:
            writer.stopping.set()
        for writer in self.writers:
            if writer.ident:
                writer.join()
        if self.load:
            self.load.terminate()
            self.load.communicate()
        self.execute(f"DROP DATABASE IF EXISTS {self.name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=["mariadb", "mysql"], default="mariadb")
    parser.add_argument("--user", help="a test user who reads (default: the one that may do everything)")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--accounts", type=int, default=1500, help="of each writer, at first")
    parser.add_argument("--pause", type=float, default=0.001, help="seconds between a writer's transactions")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--range-bytes", type=int, default=32768)
    parser.add_argument("--sysbench", action="store_true")
    parser.add_argument("--allow-global-lock", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="itemize-test-load-"))
    trial = Trial(arguments, folder)
    try:
        fine = trial.go()
    finally:
        trial.tear_down()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"snapshot_under_load: {arguments.server}, user {arguments.user or 'with every right'}, seed {arguments.seed}: {'all one point' if fine else 'FAILED'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
