"""Parts that read PostgreSQL and write DynamoDB JSON files."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import measure
from measure import Sample, figure

PEERS = Path(__file__).resolve().parent / "peers"
TABLES = ["wide", "pgbench_accounts"]
PYTHON_ROWS = 50_000
DUCKDB_PACKAGES = ["duckdb==1.5.5", "duckdb-extensions==1.5.5", "duckdb-extension-postgres-scanner==1.5.5"]


def copy_out(bench, table: str, to: str = "STDOUT") -> Sample:
    """COPY (FORMAT binary) over one connection, thrown away by the client: the least that any reader can need."""
    psql = shutil.which("psql") or "/usr/lib/postgresql/15/bin/psql"
    return measure.run(["sh", "-c", f'exec "{psql}" -X -q "{bench.postgres_url}" -c "COPY {table} TO {to} (FORMAT binary)" >/dev/null'],
                       measure.empty(bench.scratch / "copy"), bench.server())


def raw_write(bench, sample: Path, size: int) -> Sample:
    """The bytes of an export, written and synced by somebody who does nothing else."""
    folder = measure.empty(bench.scratch / "raw")
    return measure.run([sys.executable, PEERS / "raw_write.py", sample, folder / "file", size], folder)


def keep_a_sample(bench, table: str) -> tuple[Path, int]:
    """The beginning of an uncompressed export of the table, for raw_write, and the whole export's size."""
    bench.export(table, "--connections", 1)
    files = sorted((bench.scratch / f"workspace-{table}/out/bench/data").iterdir())
    kept = bench.scratch / f"sample-{table}"
    with open(files[0], "rb") as source:
        kept.write_bytes(source.read(16 << 20))
    return kept, sum(file.stat().st_size for file in files)


def against_floor(bench, part: str, compressions: dict[str, list], goal: float) -> None:
    for table in TABLES:
        bench.table(table, bench.rows)
        sample, size = keep_a_sample(bench, table)
        tasks = {"copy": lambda: copy_out(bench, table), "copy in the server": lambda: copy_out(bench, table, "'/dev/null'"), "raw": lambda: raw_write(bench, sample, size)}
        for name, arguments in compressions.items():
            tasks[name] = lambda arguments=arguments: bench.export(table, "--connections", 1, *arguments)
        samples = measure.interleaved(bench.rounds, tasks)
        floor = [max(copy.wall, raw.wall) for copy, raw in zip(samples["copy"], samples["raw"])]
        report = bench.report
        report.ratio(part, f"{table}: COPY to /dev/null, wall", figure(s.wall for s in samples["copy"]), unit="s")
        report.ratio(part, f"{table}: COPY to the server's own /dev/null, wall", figure(s.wall for s in samples["copy in the server"]), unit="s", note="no connection in it")
        report.ratio(part, f"{table}: raw write and sync of {size / 1e6:,.0f} MB, wall", figure(s.wall for s in samples["raw"]), unit="s")
        for name in compressions:
            ours = samples[name]
            report.ratio(part, f"{table}: export, {name}, wall", figure(s.wall for s in ours), unit="s", note=f"CPU {measure.number(figure(s.cpu for s in ours).median)} s")
            report.ratio(part, f"{table}: export, {name} / the larger of the two", figure(s.wall / f for s, f in zip(ours, floor)), most=goal)


def files(bench) -> None:
    against_floor(bench, "files", {"uncompressed": []}, 1.15)


def compressed(bench) -> None:
    against_floor(bench, "compressed", {"gzip level 1": ["--compression", "gzip", "--level", 1], "zstd level 1": ["--compression", "zstd", "--level", 1]}, 1.5)


def server(bench) -> None:
    """On two connections: our CPU against that of the backends that served us, in the same runs."""
    for table in TABLES:
        bench.table(table, bench.rows)
        samples = measure.interleaved(bench.rounds, {"export": lambda: bench.export(table, "--connections", 2)})["export"]
        bench.report.ratio("server", f"{table}: CPU of itemize", figure(s.cpu for s in samples), unit="s")
        bench.report.ratio("server", f"{table}: CPU of the backends", figure(s.server_cpu for s in samples), unit="s")
        bench.report.ratio("server", f"{table}: itemize / backends", figure(s.cpu / s.server_cpu for s in samples), most=1.0)


def python(bench) -> None:
    """The levels of gzip: 9 is what Python takes where nothing is said, 1 is its fastest; ours is 1."""
    for table in TABLES:
        bench.table(table, bench.rows)
        rows = min(PYTHON_ROWS, bench.rows)

        def peer(level: int) -> Sample:
            return measure.run([sys.executable, PEERS / "plain_python.py", bench.postgres_url, table, rows, "out.json.gz", level], measure.empty(bench.scratch / "python"))
        samples = measure.interleaved(min(3, bench.rounds), {9: lambda: peer(9), 1: lambda: peer(1), "itemize": lambda: bench.export(table, "--connections", 1, "--compression", "gzip", "--level", 1)})
        ours = [s.cpu / bench.rows for s in samples["itemize"]]
        bench.report.ratio("python", f"{table}: itemize, gzip level 1, CPU a row", figure(1e6 * each for each in ours), unit="us", note=f"{bench.rows:,} rows, start included")
        for level in (9, 1):
            rates = [float(s.output) / rows for s in samples[level]]
            bench.report.ratio("python", f"{table}: plain Python, gzip level {level}, CPU a row", figure(1e6 * each for each in rates), unit="us", note=f"{rows:,} rows")
            bench.report.ratio("python", f"{table}: Python, level {level} / itemize", figure(p / o for p, o in zip(rates, ours)), least=40)


def duckdb_python(bench) -> Path:
    """A virtual environment with DuckDB, made once; Failed with the reason where it cannot be had."""
    venv = bench.cache / "bench_venv"
    python_path = venv / "bin/python"
    check = [python_path, "-c", "import duckdb, importlib.metadata as m; assert duckdb.__version__ == '1.5.5'; m.version('duckdb_extension_postgres_scanner')"]
    if python_path.exists() and subprocess.run(check, capture_output=True).returncode == 0:
        return python_path
    measure.say(f"fetching {' '.join(DUCKDB_PACKAGES)}")
    for command in ([sys.executable, "-m", "venv", venv], [python_path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *DUCKDB_PACKAGES], check):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise LookupError((done.stderr or done.stdout).strip().splitlines()[-1])
    return python_path


def duckdb(bench) -> None:
    try:
        interpreter = duckdb_python(bench)
    except LookupError as reason:
        return bench.report.skipped("duckdb", f"DuckDB cannot be had here: {reason}")
    cores = os.cpu_count()
    for table in TABLES:
        bench.table(table, bench.rows)
        for workers in sorted({1, min(2, cores)}):
            for compression, goal, level in (("none", 0.7, []), ("gzip", 0.35, ["--level", 1])):
                def peer():
                    folder = measure.empty(bench.scratch / "duckdb")
                    return measure.run([interpreter, PEERS / "duckdb_export.py", bench.postgres_url, table, folder / "out.json", compression, workers], folder, bench.server())
                samples = measure.interleaved(min(3, bench.rounds), {"duckdb": peer, "itemize": lambda: bench.export(table, "--connections", workers, "--compression", compression, *level)})
                theirs = [float(s.output.split()[1]) for s in samples["duckdb"]]
                sizes = [measure.folder_bytes(bench.scratch / folder) / 1e6 for folder in ("duckdb", f"workspace-{table}/out")]
                name = f"{table}, {workers} thread{'s' if workers > 1 else ''}, {'gzip, level 1 / its own' if level else 'uncompressed'}"
                note = f"{sizes[1]:,.0f} / {sizes[0]:,.0f} MB; wall {measure.number(figure(s.wall for s in samples['itemize']).median)} / {measure.number(figure(theirs).median)} s"
                bench.report.ratio("duckdb", f"{name}: itemize / DuckDB {samples['duckdb'][0].output.split()[0]}", figure(o.wall / d for o, d in zip(samples["itemize"], theirs)), most=goal, note=note)


def mariadb(bench) -> None:
    """The wide table again, from MariaDB, against the client that streams rows and throws them away."""
    if not bench.mariadb:
        return bench.report.skipped("mariadb", "no MariaDB (see above)")
    client = shutil.which("mariadb") or shutil.which("mysql")
    if not client:
        return bench.report.skipped("mariadb", "no mysql client is installed")
    bench.mariadb.make_wide(bench.rows)
    quick = ["sh", "-c", f'exec "{client}" --quick --batch {bench.mariadb.client_options} -e "SELECT * FROM wide" >/dev/null']
    tasks = {"mysql": lambda: measure.run(quick, measure.empty(bench.scratch / "copy"), environment={"MYSQL_PWD": bench.mariadb.password}),
             "itemize": lambda: measure.run([bench.program, "export", "--to", "out", "--quiet", "--json", "--connections", 1], bench.mariadb.workspace(bench.scratch / "workspace-mariadb"),
                                            environment={"ITEMIZE_SOURCE_PASSWORD": bench.mariadb.password})}
    samples = measure.interleaved(bench.rounds, tasks)
    bench.report.ratio("mariadb", "wide: mysql --quick to /dev/null, wall", figure(s.wall for s in samples["mysql"]), unit="s", note=f"CPU {measure.number(figure(s.cpu for s in samples['mysql']).median)} s")
    bench.report.ratio("mariadb", "wide: export, uncompressed, wall", figure(s.wall for s in samples["itemize"]), unit="s", note=f"CPU {measure.number(figure(s.cpu for s in samples['itemize']).median)} s")
    bench.report.ratio("mariadb", "wide: export / mysql --quick", figure(o.wall / m.wall for o, m in zip(samples["itemize"], samples["mysql"])), most=1.15)
