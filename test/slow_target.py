#!/usr/bin/env python3
"""A target throttled to a crawl, looked at from outside: when is the source let go, how much memory does it take, and is nothing lost?

    with_engines test/slow_target.py --source mariadb --rows 150000 --crawl 180

A load goes through test/fault_proxy.py, which refuses almost every write. Meanwhile another connection asks the server which transactions of
ours are open. After --crawl seconds the load is killed (kill -9), begun again for a while, killed again, and then carried to its end with
the target as fast as it is; the independent checker compares. Prints what it found; exit status 1 when the source was held to the end, when
the memory's peak is above 256 MiB, when a resumed load opened a transaction of the source, or when anything differs.
"""
import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "blackbox"))

from owners import Proxy  # noqa: E402
from support import DYNAMODB, Database, MariaDatabase, Migration, check, dynamodb, drop_tables  # noqa: E402

MOST_MEMORY = 256 * 1024                         # KiB
CATALOG_READ = 2                                 # seconds: a resumed load reads the catalog in a transaction of its own, much shorter than this


class MariaSource:
    def __init__(self):
        self.database = MariaDatabase()
        self.url = self.database.url
        self.environment = self.database.environment

    def fill(self, rows: int) -> None:
        words = ", ' ', ".join(f"md5(seq + {n})" for n in range(16))
        self.database.execute("CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL)",
                              f"INSERT INTO notes SELECT seq, concat({words}) FROM seq_1_to_{rows}", "ANALYZE TABLE notes")

    def open_transactions(self, older_than: int = 0) -> int:
        from lib.mysql_client import connect
        with connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute("SET time_zone = SYSTEM")     # as trx_started is
            cursor.execute("SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id "
                           f"WHERE p.db = '{self.database.name}' AND p.id <> connection_id() AND t.trx_started <= NOW() - INTERVAL {older_than} SECOND")
            return int(cursor.fetchone()[0])


class PostgresSource:
    def __init__(self):
        self.database = Database()
        self.url = self.database.url
        self.environment = {}

    def fill(self, rows: int) -> None:
        words = " || ' ' || ".join(f"md5((n + {n})::text)" for n in range(16))
        self.database.execute("CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL)", f"INSERT INTO notes SELECT n, {words} FROM generate_series(1, {rows}) n",
                              "ANALYZE notes")

    def open_transactions(self, older_than: int = 0) -> int:
        with self.database.psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
                                      f" AND backend_type = 'client backend' AND xact_start <= clock_timestamp() - interval '{older_than} s'").fetchone()[0]


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def peak_memory(pid: int) -> int:
    """KiB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


class Trial:
    def __init__(self, arguments, folder: Path):
        self.arguments = arguments
        self.source = {"mariadb": MariaSource, "postgres": PostgresSource}[arguments.source]()
        self.migration = Migration(folder / "migration")
        self.migration.environment |= self.source.environment
        self.port = free_port()
        self.prefix = ""
        self.peak = 0
        self.problems: list[str] = []

    def set_up(self) -> None:
        os.environ.update(self.source.environment)
        self.source.fill(self.arguments.rows)
        self.migration.ok("init", self.source.url, "--endpoint", f"http://127.0.0.1:{self.port}")
        self.prefix = self.migration.prefix_tables()
        with Proxy("--port", self.port):
            self.migration.ok("create", "--env", "test", "--execute")

    def crawl(self, seconds: float, resumed: bool) -> None:
        """A load against a target that refuses nearly everything, killed after some seconds."""
        with Proxy("--port", self.port, "--throttle", self.arguments.throttle) as proxy:
            load = self.migration.start("load", "--env", "test", "--execute", "--grace", "1", "--connections", str(self.arguments.connections))
            began = time.monotonic()
            first = last = None
            while time.monotonic() - began < seconds and load.poll() is None:
                if self.source.open_transactions(CATALOG_READ if resumed else 0) > 0:
                    last = time.monotonic() - began
                    first = first if first is not None else last
                self.peak = max(self.peak, peak_memory(load.pid))
                time.sleep(0.2)
            status = self.migration.run("control", "--env", "test", "status", "--json")
            counts = proxy.counts()
            if load.poll() is not None:
                self.problems.append(f"the load ended by itself: {(self.migration.folder / 'background.log').read_text()[-2000:]}")
            load.send_signal(signal.SIGKILL)
            load.wait()
        print(f"{'resumed' if resumed else 'first'} load, {seconds:.0f} s: transactions of the source open from {first and f'{first:.1f}'} to {last and f'{last:.1f}'} s; "
              f"{counts['throttle']} of {counts['requests']} requests refused; peak memory {self.peak / 1024:.1f} MiB; status {status.out.strip() or status.err.strip()}")
        if resumed and first is not None:
            self.problems.append("a resumed load opened a transaction of the source")
        if not resumed and (first is None or last > seconds / 2):
            self.problems.append("the source was not let go early")
        queue = self.migration.folder / ".itemize/test/queue"
        print(f"  killed; the queue holds {sum(path.stat().st_size for path in queue.rglob('*') if path.is_file()) / 1e6:.1f} MB")

    def finish(self) -> None:
        with Proxy("--port", self.port):
            began = time.monotonic()
            load = self.migration.start("load", "--env", "test", "--execute", "--grace", "1")
            while load.poll() is None:
                self.peak = max(self.peak, peak_memory(load.pid))
                if self.source.open_transactions(CATALOG_READ) > 0:
                    self.problems.append("the last load opened a transaction of the source")
                time.sleep(0.3)
            print(f"last load: status {load.returncode} after {time.monotonic() - began:.1f} s, peak memory of all {self.peak / 1024:.1f} MiB")
        if load.returncode != 0:
            self.problems.append((self.migration.folder / "background.log").read_text()[-2000:])
        if self.peak > MOST_MEMORY:
            self.problems.append(f"peak memory {self.peak / 1024:.1f} MiB")
        counted = dynamodb().get_paginator("scan").paginate(TableName=f"{self.prefix}notes", Select="COUNT")
        print(f"{sum(page['Count'] for page in counted)} items, {self.arguments.rows} rows")
        check(self.source.url, self.prefix)

    def go(self) -> bool:
        self.set_up()
        self.crawl(self.arguments.crawl, resumed=False)
        self.crawl(self.arguments.crawl / 6, resumed=True)
        self.finish()
        for problem in self.problems:
            print(f"  {problem}")
        return not self.problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", choices=["mariadb", "postgres"], required=True)
    parser.add_argument("--rows", type=int, default=150_000, help="of about 540 bytes")
    parser.add_argument("--crawl", type=float, default=180, help="seconds until the kill")
    parser.add_argument("--throttle", type=float, default=0.97, help="the share of writes that is refused")
    parser.add_argument("--connections", type=int, default=2)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="itemize-test-slow-"))
    trial = Trial(arguments, folder)
    try:
        fine = trial.go()
    finally:
        if trial.prefix and DYNAMODB:
            drop_tables(trial.prefix)
        trial.source.database.drop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"slow_target: {arguments.source}, {arguments.rows} rows: {'nothing lost' if fine else 'FAILED'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
