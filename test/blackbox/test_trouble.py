"""What goes wrong around a load: rows that do not fit, items of others, full disks, signals, lost connections."""
import random
import signal
import subprocess
import threading
import time

import pytest

from lib.compare import compare
from lib.sources import open_source
from lib.targets import open_target
from kill_resume import MODEL, SCHEMA, item_types
from owners import Owners, Proxy
from support import DYNAMODB, SmallDisk, drop_tables, dynamodb, needs_dynamodb, needs_postgres, needs_program

pytestmark = [needs_program, needs_dynamodb]


# --- rejects

def test_rejects_are_retried_once_the_rows_are_mended(owners):
    made = owners(DYNAMODB)
    made.sql("UPDATE owners SET name = ? WHERE id IN (3, 4, 5)", "n" * 3000)               # too large for the key of the second table
    made.sql("UPDATE things SET body = ? WHERE owner_id = 7 AND number = 1", "b" * 410_000)  # too large for an item
    assert made.migration.ok(*made.load, "--json", status=1).document["rejects"] == 4
    assert "3 rejects would be tried again" in made.migration.ok("load", "--env", "test", "--retry-rejects").text
    made.sql("UPDATE owners SET name = 'short' WHERE id = 3")
    made.sql("UPDATE things SET body = 'short' WHERE owner_id = 7 AND number = 1")
    made.sql("DELETE FROM owners WHERE id = 4")
    retry = ["load", "--env", "test", "--execute", "--retry-rejects", "--grace", "1"]
    document = made.migration.ok(*retry, "--json", status=1).document
    types = {each.pop("item_type"): each for each in document["item_types"]}
    assert types == {"Name": {"written": 1, "still_rejected": 1, "gone": 1, "masked": 0, "unproven": 0},
                     "Thing": {"written": 1, "still_rejected": 0, "gone": 0, "masked": 0, "unproven": 0}}
    folder = made.migration.folder / ".itemize/test/rejects"
    assert [path.name for path in folder.iterdir()] == ["Name.jsonl"]
    assert len((folder / "Name.jsonl").read_text().splitlines()) == 1
    made.sql("UPDATE owners SET name = 'fits' WHERE id = 5")
    made.migration.ok(*retry)
    assert not list(folder.iterdir())
    report = made.compared()
    # Owner items were not among the rejects: they are as the load found them.
    assert {line.split(":")[0].split("|")[0] for line in report.different} == {f'main PK={{"S"' for _ in report.different}
    assert len(report.different) == 2 and len(report.extra) == 1 and not report.missing
    made.migration.ok(*made.load, "--again")
    made.assert_equal()


def test_rejects_whose_key_is_sensitive_are_told(owners):
    made = owners(DYNAMODB)
    made.migration.write_model(made.migration.model.replace("Name: { table: by_name,", "Name: { sensitive: [id], table: by_name,"))
    made.sql("UPDATE owners SET name = ? WHERE id = 3", "n" * 3000)
    made.migration.ok(*made.load, status=1)
    result = made.migration.ok("load", "--env", "test", "--execute", "--retry-rejects", status=1)
    assert "masked" in result.text and "load --again" in result.text


def test_a_secret_is_nowhere(owners):
    """Sensitive columns: not in outputs, rejects, journal or logs; of keys only where keys are kept to be deleted, for nobody else to read."""
    made = owners(DYNAMODB)
    model = made.migration.model.replace("Owner: { table", "Owner: { sensitive: [balance, name], table").replace("Thing: { table", "Thing: { sensitive: [body], table")
    made.migration.write_model(model.replace("Name: { table", "Name: { sensitive: [balance, name], table"))
    made.sql("UPDATE owners SET name = 'planted-secret-in-a-key' WHERE id = 2")
    made.sql("UPDATE owners SET name = ? WHERE id = 3", "planted-secret-too-long" * 200)
    made.sql("UPDATE things SET body = 'planted-secret-in-a-row' WHERE owner_id = 5")
    made.sql("UPDATE things SET body = ? WHERE owner_id = 7 AND number = 1", "planted-secret-too-large " * 18_000)
    made.sql("UPDATE owners SET name = CAST(X'706c616e7465642d7365637265742dff' AS TEXT) WHERE id = 8")     # 'planted-secret-', and a byte that is no UTF-8
    outputs = ""
    for arguments, status in ((["inspect"], 0), (["check", "--scan"], 1), (["preview", "-n", "500"], 1), (["explain", "Owner", "id=2"], None), (["explain", "Name", "id=3"], None),
                              ([*made.load[:1], *made.load[3:]], 1), (["load", "--retry-rejects", "--execute"], None), (["export", "--to", "exports"], 1), (["status"], 0)):
        for form in ([], ["--json"]):
            result = made.migration.run(*arguments, "--env", "test", *form)
            assert status is None or result.status in (status, 0), f"{arguments} {result!r}"
            outputs += result.text
    assert "planted-secret" not in outputs
    for path in (made.migration.folder / ".itemize").rglob("*"):
        if not path.is_file():
            continue
        assert path.stat().st_mode & 0o077 == 0, path
        holds = b"planted-secret" in path.read_bytes()
        assert not holds or (path.parent.name == "keys" and b"planted-secret-in-a-key" in path.read_bytes() and b"in-a-row" not in path.read_bytes()), path


# --- items of others

def test_items_of_others_are_kept(owners):
    made = owners(DYNAMODB, "billing_mode: PAY_PER_REQUEST, on_existing_items: keep")
    client, table = dynamodb(), made.prefix + "main"
    foreign = [{"PK": {"S": "OWNER#3"}, "SK": {"S": "OWNER"}, "mine": {"N": "1"}}, {"PK": {"S": "OWNER#9"}, "SK": {"S": "OWNER"}, "mine": {"N": "9"}},
               {"PK": {"S": "APP#1"}, "SK": {"S": "X"}, "mine": {"N": "2"}}]
    for item in foreign:
        client.put_item(TableName=table, Item=item)

    def check() -> None:
        for item in foreign:
            key = {name: item[name] for name in ("PK", "SK")}
            assert client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"] == item
        report = made.compared()
        assert len(report.extra) + len(report.different) == 3 and not report.missing, "\n".join(report.lines())

    assert "there already" in made.migration.ok(*made.load).text
    check()
    # Another run replaces what the first one wrote, and removes it where the row is gone; not what is not ours.
    made.change(random.Random(1))
    made.sql("UPDATE owners SET balance = 77 WHERE id IN (3, 11)")
    made.sql("DELETE FROM owners WHERE id = 9")
    made.sql("INSERT INTO owners VALUES (3, 'again', 1) ON CONFLICT DO NOTHING")
    made.migration.ok(*made.load, "--again")
    check()


def test_items_of_others_are_kept_through_kills_and_faults(owners):
    rng = random.Random(3)
    with Proxy("--cut-after", 0.05, "--cut-before", 0.05, "--throttle", 0.03, "--late", 0.03, "--error-500-after", 0.05) as proxy:
        made = owners(proxy.url, "billing_mode: PAY_PER_REQUEST, on_existing_items: keep")
        client, table = dynamodb(), made.prefix + "main"
        foreign = {"PK": {"S": "OWNER#3"}, "SK": {"S": "OWNER"}, "mine": {"N": "1"}}
        client.put_item(TableName=table, Item=foreign)
        for _ in range(2):
            process = made.migration.start(*made.load, "--again")
            try:
                process.wait(timeout=0.5 + rng.random() * 2)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(timeout=30)
            made.change(rng)
        made.sql("INSERT INTO owners VALUES (3, 'again', 1) ON CONFLICT DO NOTHING")
        made.migration.ok(*made.load, "--again")
        proxy.wait_until_quiet()
        report = made.compared()
        assert len(report.different) == 1 and not report.extra and not report.missing, "\n".join(report.lines())
        assert client.get_item(TableName=table, Key={"PK": foreign["PK"], "SK": foreign["SK"]})["Item"] == foreign


def test_a_table_with_provisioned_capacity_and_a_rate(owners):
    made = owners(DYNAMODB, "billing_mode: PROVISIONED, provisioned_throughput: { read_capacity_units: 50, write_capacity_units: 400 }")
    started = time.monotonic()
    made.migration.ok(*made.load, "--rate", "50%")                 # 200 WCU a second and table: the larger one has about 1,000 items
    assert time.monotonic() - started > 3
    made.assert_equal()


# --- disks, signals, connections

@pytest.mark.parametrize("kilobytes", [40, 120])
def test_a_disk_that_fills_up_during_a_load(owners, kilobytes):
    """Small enough for the journal not to be made, or the key log not to be written; the same command carries on when there is room."""
    made = owners(DYNAMODB)
    with SmallDisk(made.migration.folder / ".itemize/test", f"{kilobytes}k") as disk:
        result = made.migration.ok(*made.load, status=2)
        assert "No space left" in result.err or "disk is full" in result.err, result.err
        disk.grow()
        made.migration.ok(*made.load)
        made.assert_equal()


def test_a_signal_stops_a_load_within_seconds(owners):
    with Proxy("--delay", 1, "--delay-seconds", 1) as proxy:
        made = owners(proxy.url)
        for number in (signal.SIGINT, signal.SIGTERM):
            process = made.migration.start(*made.load)
            time.sleep(1.5)
            process.send_signal(number)
            started = time.monotonic()
            assert process.wait(timeout=20) == 2
            assert time.monotonic() - started < 8
        assert "stopped" in (made.migration.folder / "background.log").read_text()
    # The endpoint is another one now; its tables are the same.
    made.migration.write_model(made.migration.model.replace(proxy.url, DYNAMODB).replace("billing_mode: PAY", "on_existing_items: overwrite, billing_mode: PAY"))
    made.migration.ok(*made.load)
    made.assert_equal()


@needs_postgres
@pytest.mark.parametrize("whom", ["worker", "snapshot"])
def test_a_source_connection_that_is_ended_by_the_server(database, tmp_path, whom):
    """A worker's range is read again at the same point; without the snapshot, the same command begins a new generation."""
    with Proxy("--delay", 1, "--delay-seconds", 0.1) as proxy:
        made = Owners(tmp_path, proxy.url)
        for statement in SCHEMA:
            database.execute(statement)
        database.execute("INSERT INTO owners SELECT n, 'name ' || n % 97, n FROM generate_series(1, 500) AS n",
                         "INSERT INTO things SELECT o, n, repeat('x', 4000) FROM generate_series(1, 500) AS o, generate_series(1, 5) AS n")   # more than sockets hold
        made.migration.write_model(MODEL.format(source=database.url, endpoint=proxy.url, prefix=made.prefix))
        ended = threading.Event()
        # COPY is what workers do; the holder of the snapshot only waits in its transaction.
        state = "query ILIKE 'COPY%' AND state = 'active' AND xact_start < clock_timestamp() - interval '0.2 s'" if whom == "worker" else "state = 'idle in transaction'"

        def end_it() -> None:
            deadline = time.monotonic() + 60
            with database.psycopg.connect(database.url, autocommit=True) as connection:
                while not ended.is_set() and time.monotonic() < deadline:
                    found = connection.execute(f"SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {state}"
                                               + " AND EXISTS (SELECT FROM pg_stat_activity WHERE query ILIKE 'COPY%' AND datname = current_database() AND pid <> pg_backend_pid()) LIMIT 1").fetchall()
                    if found:
                        ended.set()
                    time.sleep(0.01)

        killer = threading.Thread(target=end_it)
        killer.start()
        load = [*made.load[:-2], "--json"]                        # in large ranges
        result = made.migration.run(*load, "--connections", "2")
        happened = ended.is_set()
        ended.set()
        killer.join()
        assert happened, "nothing was ended: the load was too fast"
        if whom == "worker":
            assert result.status == 0 and result.document["generation"] == 1, repr(result)
        elif result.status != 0:
            assert result.status == 2 and "itemize:" in result.err, repr(result)
            result = made.migration.ok(*load)
            assert result.document["generation"] == 2
        report = compare(open_source(database.url), open_target(DYNAMODB, None), item_types(), made.prefix)
        drop_tables(made.prefix)
        assert report.same(), "\n".join(report.lines())
