"""A target slower than the source: what is read waits in a queue on disk, the source is let go, and nothing is lost."""
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from support import DYNAMODB, ROOT, check, make_shop, needs_dynamodb, needs_mariadb, needs_postgres, needs_program

pytestmark = [needs_program, needs_dynamodb]
SLOW = ["load", "--env", "test", "--execute", "--rate", "30", "--range-bytes", "32kb", "--connections", "2", "--grace", "0.5"]


@pytest.fixture
def created(migration, prefixes):
    """The shop with its tables made; (migration, prefix)."""
    make_shop(migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--endpoint", DYNAMODB)
    prefix = migration.prefix_tables()
    prefixes.append(prefix)
    migration.ok("create", "--env", "test", "--execute")
    return migration, prefix


def control(migration, command: str) -> dict:
    return migration.ok("control", "--env", "test", command, "--json").document


def wait_until(migration, what, seconds: float = 60) -> dict:
    """The first status of the running load for which `what` holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = migration.run("control", "--env", "test", "status", "--json")
        if result.status == 0 and what(result.document):
            return result.document
        time.sleep(0.1)
    raise AssertionError(f"it never came to that: {result!r}")


def queue_of(migration) -> list[str]:
    folder = migration.folder / ".itemize/test/queue"
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def is_let_go(status: dict) -> bool:
    return status["snapshot_age_seconds"] == 0 and status["queued_bytes"] > 0


def test_the_source_is_let_go_and_a_killed_load_goes_on_without_it(created):
    migration, prefix = created
    load = migration.start(*SLOW)
    wait_until(migration, is_let_go)
    load.send_signal(signal.SIGKILL)
    load.wait()
    assert len(queue_of(migration)) > 5
    # The source is gone, and another one stands there: the snapshot that was read is what counts.
    source = migration.folder / "shop.db"
    source.rename(migration.folder / "as-it-was.db")
    make_shop(source, "--seed", "7")
    result = migration.ok("load", "--env", "test", "--execute", "--grace", "0.5")
    assert "waits in the queue" in result.err
    assert queue_of(migration) == []
    check(f"sqlite:{migration.folder}/as-it-was.db", prefix)


@pytest.mark.parametrize("source", [pytest.param("mariadb", marks=needs_mariadb), pytest.param("postgres", marks=needs_postgres)])
def test_a_server_is_let_go_by_a_crawling_target(source):
    """As seen by the server; of one range only, whose first write may wait for minutes."""
    done = subprocess.run([sys.executable, ROOT / "test/slow_target.py", "--source", source, "--rows", "3000", "--crawl", "12"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_full_queue_holds_the_source_back(created):
    migration, prefix = created
    load = migration.start(*SLOW, "--queue-bytes", "20kb")
    status = wait_until(migration, lambda status: "queue on disk is full" in status["held_by"])
    assert status["queued_bytes"] < 200_000
    control(migration, "rate=100000")
    assert load.wait(timeout=120) == 0
    check(f"sqlite:{migration.folder}/shop.db", prefix)


def test_control(created):
    migration, prefix = created
    nobody = migration.run("control", "--env", "test", "status")
    assert nobody.status == 2 and "no load or export runs" in nobody.err
    load = migration.start(*SLOW, "--hook", "on_done=cat > done.json", "--hook", "on_throttle=cat >> throttled.json")
    wait_until(migration, lambda status: status["rows"] > 0)
    assert "paused" in control(migration, "pause")["held_by"]
    time.sleep(1.5)                                                  # what was under way arrives
    before = wait_until(migration, lambda status: True)
    time.sleep(1)
    assert control(migration, "status")["rows"] == before["rows"], "nothing is read while it is paused"
    assert control(migration, "connections=1")["connections"] == 1
    for command, words in (("connections=9", "1 to 2"), ("rate=fast", "no rate"), ("puase", "did you mean 'pause'")):
        wrong = migration.run("control", "--env", "test", command)
        assert wrong.status == 2 and words in wrong.err, repr(wrong)
    control(migration, "rate=100000")
    assert control(migration, "resume")["held_by"] == ""
    assert load.wait(timeout=120) == 0
    assert json.loads((migration.folder / "done.json").read_text())["event"] == "on_done"
    assert "paused" in json.loads((migration.folder / "throttled.json").read_text().splitlines()[0])["reason"]
    assert not (migration.folder / ".itemize/test/control.sock").exists()
    check(f"sqlite:{migration.folder}/shop.db", prefix)


def test_control_stop_ends_cleanly_and_the_same_command_carries_on(created):
    migration, prefix = created
    load = migration.start(*SLOW)
    wait_until(migration, lambda status: status["rows"] > 0)
    control(migration, "stop")
    assert load.wait(timeout=60) == 2
    assert "not finished" in migration.ok("status", "--env", "test").text
    migration.ok("load", "--env", "test", "--execute", "--grace", "0.5")
    check(f"sqlite:{migration.folder}/shop.db", prefix)


def test_a_snapshot_that_is_too_old_stops_the_load(created):
    migration, prefix = created
    result = migration.run(*SLOW, "--queue-bytes", "0", "--max-snapshot-age", "2s")
    assert result.status == 2 and "--max-snapshot-age" in result.err, repr(result)
    migration.ok("load", "--env", "test", "--execute", "--grace", "0.5")
    check(f"sqlite:{migration.folder}/shop.db", prefix)
