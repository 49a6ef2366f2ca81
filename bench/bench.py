#!/usr/bin/env python3
"""The benchmarks: ratios against floors and peers, measured side by side in one run. Run by bench/run, which starts the engines."""
import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent))
import documents
import exports
import loads
import mariadb
import measure
import tables
from report import Report

PARTS = {"files": exports.files, "compressed": exports.compressed, "server": exports.server, "python": exports.python, "duckdb": exports.duckdb,
         "mariadb": exports.mariadb, "documents": documents.documents, "load": loads.load, "memory": loads.memory}


class Bench:
    """What the parts share: the program, the engines, a scratch folder and how much to do."""

    def __init__(self, arguments, scratch: Path):
        self.rows, self.rounds, self.memory_rows = arguments.rows, arguments.rounds, arguments.memory_rows
        self.scratch = scratch
        self.program = Path(os.environ.get("ITEMIZE_BINARY", Path(__file__).resolve().parent.parent / "build/release/itemize"))
        self.postgres_url = os.environ.get("ITEMIZE_TEST_POSTGRES")
        self.canned = os.environ.get("ITEMIZE_TEST_CANNED")
        self.mariadb = mariadb.Server.from_environment()
        self.cache = Path(os.environ.get("ITEMIZE_BENCH_CACHE", scratch))
        self.report = Report()
        self._connection = None

    @property
    def connection(self):
        if self._connection is None:
            if not self.postgres_url:
                raise measure.Failed("no PostgreSQL (see above)")
            self._connection = psycopg.connect(self.postgres_url, autocommit=True)
        return self._connection

    def server(self) -> measure.Server:
        return measure.Server(self.connection)

    def table(self, name: str, rows: int, under: str | None = None) -> str:
        start = time.monotonic()
        made = tables.make(self.connection, name, rows, under)
        if time.monotonic() - start > 2:
            measure.say(f"made {made}, {rows:,} rows, in {time.monotonic() - start:.0f} s")
        return made

    def workspace(self, table: str) -> Path:
        """A fresh migration's folder that reads `table`."""
        folder = measure.empty(self.scratch / f"workspace-{table}")
        (folder / "itemize.yaml").write_text(tables.model(self.postgres_url, table, self.canned or "http://127.0.0.1:1"))
        return folder

    def itemize(self, table: str, *arguments) -> measure.Sample:
        """One run of the program in a fresh workspace."""
        folder = self.workspace(table)
        return measure.run([self.program, *arguments, "--quiet", "--json"], folder, self.server())

    def export(self, table: str, *arguments) -> measure.Sample:
        return self.itemize(table, "export", "--to", "out", *arguments)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each table")
    parser.add_argument("--rounds", type=int, default=5, help="times that each thing is measured, in turns")
    parser.add_argument("--memory-rows", type=int, default=10_000_000, help="of the large table of the part `memory`")
    parser.add_argument("--realtime", action="store_true", help="what is measured runs before everything else (root; for a machine that others use)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"no part {part}: {', '.join(PARTS)}")
    if arguments.realtime:
        measure.Priority.take()
    machine = measure.machine()
    busy = measure.BusyMachine()
    with tempfile.TemporaryDirectory(prefix="itemize-bench.") as scratch:
        bench = Bench(arguments, Path(scratch))
        for part in arguments.parts or PARTS:
            measure.say(f"-- {part}")
            try:
                PARTS[part](bench)
            except measure.Failed as failure:
                bench.report.failed(part, str(failure))
    print("\n".join([*machine, busy.summary(), f"{arguments.rows:,} rows, {arguments.rounds} rounds in turns; medians, in brackets the smallest and the largest", ""]))
    print(bench.report.text())
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine, "busy": busy.summary(), "rows": arguments.rows, "rounds": arguments.rounds, "figures": bench.report.lines}, indent=1))
    return 1 if bench.report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
