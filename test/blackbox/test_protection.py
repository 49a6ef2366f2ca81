"""--max-load and --max-replica-lag: shown to hold a load back, and to let it go on."""
import threading

from support import check, needs_postgres, needs_program

pytestmark = [needs_program, needs_postgres]


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


def test_a_figure_that_is_none_is_refused_at_once(migration, database):
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY)")
    migration.ok("init", database.url, "--region", "eu-west-1")
    result = migration.run("export", "--to", "exports", "--max-load", "Threads_runing=3")
    assert result.status == 2 and "Threads_runing" in result.err and "active_sessions" in result.err, repr(result)
    wrong = migration.run("export", "--to", "exports", "--max-load", "many")
    assert wrong.status == 2 and "NAME=NUMBER" in wrong.err
    wrong = migration.run("export", "--to", "exports", "--max-replica-lag", "soon")
    assert wrong.status == 2 and "no duration" in wrong.err
