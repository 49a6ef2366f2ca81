"""--max-load and --max-replica-lag: shown to hold a load back, and to let it go on."""
import threading
import time

import pytest

from support import check, needs_mariadb, needs_postgres, needs_program

pytestmark = needs_program


@needs_postgres
def test_a_busy_source_is_left_alone_until_it_is_idle(migration, database):
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY, body text)", "INSERT INTO notes SELECT n, repeat('x', 100) FROM generate_series(1, 2000) n")
    migration.ok("init", database.url, "--region", "eu-west-1")
    # Busy as long as four sleep; ours are not counted.
    sleepers = [threading.Thread(target=lambda: database.execute("SELECT pg_sleep(4)")) for _ in range(4)]
    for sleeper in sleepers:
        sleeper.start()
    hook = migration.folder / "throttled.json"
    result = migration.ok("export", "--to", "exports", "--max-load", "active_sessions=3", "--hook", f"on_throttle=cat >> {hook}")
    assert "active_sessions is" in hook.read_text(), repr(result)
    for sleeper in sleepers:
        sleeper.join()
    check(database.url, files=migration.folder / "exports")


@needs_postgres
def test_a_figure_that_is_none_is_refused_at_once(migration, database):
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY)")
    migration.ok("init", database.url, "--region", "eu-west-1")
    result = migration.run("export", "--to", "exports", "--max-load", "Threads_runing=3")
    assert result.status == 2 and "Threads_runing" in result.err and "active_sessions" in result.err, repr(result)
    wrong = migration.run("export", "--to", "exports", "--max-load", "many")
    assert wrong.status == 2 and "NAME=NUMBER" in wrong.err
    wrong = migration.run("export", "--to", "exports", "--max-replica-lag", "soon")
    assert wrong.status == 2 and "no duration" in wrong.err


def sleep_on(database, seconds: int, count: int) -> list[threading.Thread]:
    sleepers = [threading.Thread(target=lambda: database.execute(f"SELECT SLEEP({seconds})")) for _ in range(count)]
    for sleeper in sleepers:
        sleeper.start()
    return sleepers


@pytest.fixture
def notes(migration, maria_database):
    maria_database.execute("CREATE TABLE notes (id int PRIMARY KEY, body text)", "INSERT INTO notes SELECT seq, repeat('x', 100) FROM seq_1_to_2000")
    migration.environment |= maria_database.environment
    migration.ok("init", maria_database.url, "--region", "eu-west-1")
    return maria_database


@needs_mariadb
def test_threads_running_holds_back_and_lets_go(migration, notes):
    sleepers = sleep_on(notes, 4, 6)
    hook = migration.folder / "throttled.json"
    began = time.monotonic()
    migration.ok("export", "--to", "exports", "--max-load", "Threads_running=5", "--hook", f"on_throttle=cat >> {hook}")
    assert "Threads_running is" in hook.read_text()
    assert time.monotonic() - began > 3, "it waited for them"
    for sleeper in sleepers:
        sleeper.join()
    check(notes.url, files=migration.folder / "exports")


@needs_mariadb
def test_a_replica_that_is_behind_holds_back_and_lets_go(migration, notes):
    """The server as a replica whose replication does not run: infinitely far behind, until it is none any more."""
    hook = migration.folder / "throttled.json"
    notes.execute("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'nobody'")
    try:
        export = migration.start("export", "--to", "exports", "--max-replica-lag", "10s", "--hook", f"on_throttle=cat >> {hook}")
        time.sleep(3)
        assert export.poll() is None, "held back"
        assert "behind" in hook.read_text() or "lag" in hook.read_text(), hook.read_text()
    finally:
        notes.execute("RESET SLAVE ALL")
    assert export.wait(timeout=60) == 0
    check(notes.url, files=migration.folder / "exports")
