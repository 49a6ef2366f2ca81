"""Parts that measure the load client and memory."""
import json
from pathlib import Path

import measure
from measure import figure

ITEM_BYTES = 200
MOST_MEMORY = 256 << 20


def load(bench) -> None:
    """The whole of `itemize load`, from PostgreSQL into a DynamoDB that takes everything at once (nginx with a canned answer)."""
    if not bench.canned:
        return bench.report.skipped("load", "no nginx (see above)")
    table = bench.table("small", bench.rows)
    for connections in (1, 2):
        samples = measure.interleaved(bench.rounds, {"load": lambda: bench.itemize(table, "load", "--execute", "--connections", connections)})["load"]
        reports = [json.loads(sample.output) for sample in samples]
        for report in reports:
            if report["items"]["Row"] != bench.rows or report["rejects"]:
                raise measure.Failed(f"load wrote {report['items']} of {bench.rows} items, {report['rejects']} rejects")
        size = reports[0]["bytes"] / bench.rows
        note = f"items of {size:.0f} bytes, {connections} connection{'s' if connections > 1 else ''}; reading, transforming and signing included"
        bench.report.ratio("load", "items a second and core of itemize", figure(bench.rows / s.cpu for s in samples), least=200_000, unit="items/s", note=note)
        bench.report.ratio("load", "items a second of the clock", figure(bench.rows / s.wall for s in samples), unit="items/s", note="the server and nginx share the cores")


def memory(bench) -> None:
    """Peak memory of an export and of a load, small and large."""
    small, large = bench.rows, bench.memory_rows
    peaks = {}
    for rows, under in ((small, None), (large, "pgbench_accounts_large")):
        table = bench.table("pgbench_accounts", rows, under)
        for name, arguments in {"export": ["export", "--to", "out"], "export, gzip": ["export", "--to", "out", "--compression", "gzip"]}.items():
            peaks[name, rows] = bench.itemize(table, *arguments).peak
        if bench.canned:
            peaks["load", rows] = bench.itemize(table, "load", "--execute").peak
        measure.empty(bench.scratch / f"workspace-{table}")
    bench.connection.execute("DROP TABLE pgbench_accounts_large")
    for (name, rows), peak in peaks.items():
        bench.report.ratio("memory", f"{name}, {rows:,} rows: peak", figure([peak / 2**20]), most=MOST_MEMORY >> 20, unit="MiB")
    for name in dict.fromkeys(name for name, _ in peaks):
        bench.report.ratio("memory", f"{name}: {large:,} rows / {small:,} rows", figure([peaks[name, large] / peaks[name, small]]), most=1.5)
