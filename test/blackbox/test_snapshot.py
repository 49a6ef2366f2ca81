"""One consistent point of the whole source: while money moves between accounts, an export must find every sum unchanged."""
import json
import sqlite3
import threading

import pytest

from support import needs_postgres, needs_program

pytestmark = needs_program
ACCOUNTS, START = 4000, 100
SCHEMA = ["CREATE TABLE left_side (id integer PRIMARY KEY, balance integer NOT NULL, padding text)", "CREATE TABLE right_side (id integer PRIMARY KEY, balance integer NOT NULL, padding text)"]


class Mover(threading.Thread):
    """Moves money between the two tables, a transaction a step, until told to stop."""

    def __init__(self, connect, mark):
        super().__init__(daemon=True)
        self.connect, self.mark, self.stop, self.steps = connect, mark, threading.Event(), 0

    def run(self):
        connection = self.connect()
        while not self.stop.is_set():
            account = 1 + self.steps * 7919 % ACCOUNTS
            connection.execute(f"UPDATE left_side SET balance = balance - 1 WHERE id = {self.mark}", (account,))
            connection.execute(f"UPDATE right_side SET balance = balance + 1 WHERE id = {self.mark}", (ACCOUNTS + 1 - account,))
            connection.commit()
            self.steps += 1
        connection.close()


def exported_sum(folder):
    total = count = 0
    for path in folder.glob("*/data/*.json"):
        for line in path.read_text().splitlines():
            total += int(json.loads(line)["Item"]["balance"]["N"])
            count += 1
    return total, count


def check_sums(migration, url, connect, mark):
    migration.ok("init", url, "--region", "eu-west-1")
    mover = Mover(connect, mark)
    mover.start()
    try:
        for number in range(3):
            before = mover.steps
            migration.ok("export", "--to", f"exports{number}", "--range-bytes", "32768", "--connections", "3")
            assert exported_sum(migration.folder / f"exports{number}") == (2 * ACCOUNTS * START, 2 * ACCOUNTS)
            while mover.steps == before and mover.is_alive():      # money did move
                pass
    finally:
        mover.stop.set()
        mover.join()


def fill(connection, mark):
    for statement in SCHEMA:
        connection.execute(statement)
    for table in ("left_side", "right_side"):
        connection.cursor().executemany(f"INSERT INTO {table} VALUES ({mark}, {mark}, {mark})", [(number, START, "x" * 60) for number in range(1, ACCOUNTS + 1)])
    connection.commit()
    connection.close()


@pytest.mark.parametrize("journal", ["wal"])
def test_sqlite_while_others_write(migration, journal):
    connect = lambda: sqlite3.connect(migration.folder / "bank.db", timeout=30)  # noqa: E731
    connection = connect()
    connection.execute(f"PRAGMA journal_mode = {journal}")
    fill(connection, "?")
    check_sums(migration, "sqlite:bank.db", connect, "?")


@needs_postgres
def test_postgresql_while_others_write(migration, database):
    connect = lambda: database.psycopg.connect(database.url)  # noqa: E731
    fill(connect(), "%s")
    check_sums(migration, database.url, connect, "%s")
