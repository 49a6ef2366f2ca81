"""docs/sources: what we do to a database is what the pages say, by the server's own log of statements; by users with the pages' privileges."""
import os
import re
import uuid
from pathlib import Path

import pytest

from support import MARIADB, check, needs_mariadb, needs_postgres, needs_program
from test_docs import reader_of

pytestmark = needs_program
VERBS = [["inspect"], ["check", "--scan"], ["preview", "-n", "2"], ["export", "--to", "exports", "--range-bytes", "32768", "--connections", "3"]]
# All that a reader may say. Nothing else is sent: no table is made, no row locked, nothing configured.
MARIADB_STATEMENTS = [r"SET SESSION ", r"SET NAMES utf8mb4", r"SELECT (?!.*\b(FOR UPDATE|LOCK IN SHARE MODE|INTO OUTFILE|GET_LOCK)\b)", r"SHOW ", r"EXPLAIN ", r"KILL QUERY \d+$", r"DO 0$",
                      r"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY$", r"COMMIT$", r"ROLLBACK$"]
POSTGRES_STATEMENTS = [r"SET (?!.*\b(ROLE|SESSION AUTHORIZATION)\b)", r"SELECT (?!.*\bFOR (UPDATE|SHARE|NO KEY UPDATE|KEY SHARE)\b)", r"SHOW ", r"EXPLAIN ",
                       r"BEGIN.*READ ONLY", r"START TRANSACTION.*READ ONLY", r"LOCK TABLE .* IN ACCESS SHARE MODE", r"COPY \(\s*SELECT .*TO STDOUT", r"COMMIT$", r"ROLLBACK( TO SAVEPOINT itemize)?$",
                       r"(RELEASE )?SAVEPOINT itemize$", r"(WITH|VALUES)\b"]


def others(statements: list[str], known: list[str]) -> list[str]:
    return [statement for statement in statements if not any(re.match(pattern, statement.strip().rstrip(";"), re.IGNORECASE | re.DOTALL) for pattern in known)]


def run_verbs(migration, url: str) -> None:
    migration.ok("init", url, "--region", "eu-west-1")
    for verb in VERBS:
        migration.ok(*verb)


@needs_mariadb
def test_mariadb(migration, maria_database):
    from lib.mysql_client import connect
    maria_database.execute("CREATE TABLE notes (id int PRIMARY KEY, body varchar(200) NOT NULL)", "INSERT INTO notes SELECT seq, repeat('x', 100) FROM seq_1_to_3000", "ANALYZE TABLE notes",
                           f"GRANT SELECT ON {maria_database.name}.* TO itemize_reader@'%'")
    migration.environment |= maria_database.environment
    with connect(MARIADB) as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL log_output = 'TABLE'")
        cursor.execute("TRUNCATE mysql.general_log")
        cursor.execute("SET GLOBAL general_log = ON")
        try:
            run_verbs(migration, maria_database.url.replace("itemize@", "itemize_reader@"))
        finally:
            cursor.execute("SET GLOBAL general_log = OFF")
        cursor.execute("SELECT thread_id, command_type, argument FROM mysql.general_log WHERE thread_id IN "
                       "(SELECT thread_id FROM mysql.general_log WHERE command_type = 'Connect' AND argument LIKE 'itemize\\_reader@%')")
        log = [(thread, command, argument.decode() if isinstance(argument, bytes) else argument) for thread, command, argument in cursor.fetchall()]
        cursor.execute("TRUNCATE mysql.general_log")
    statements = [argument for _, command, argument in log if command in ("Query", "Prepare", "Execute")]
    assert others(statements, MARIADB_STATEMENTS) == []
    assert {command for _, command, _ in log} <= {"Connect", "Query", "Prepare", "Execute", "Close stmt", "Quit", "Init DB", "Fetch", "Ping", "Reset stmt"}
    reads = [statement for statement in statements if re.match("SELECT .*notes`", statement)]
    assert reads and len([statement for statement in statements if statement.startswith("START TRANSACTION")]) >= 3, statements
    check(maria_database.url, files=migration.folder / "exports")


@needs_postgres
def test_postgresql(migration, database):
    role = f"r{database.name}"
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL)", "INSERT INTO notes SELECT n, repeat('x', 100) FROM generate_series(1, 3000) n", "ANALYZE notes")
    reader_of(database)
    log = Path(os.environ["ITEMIZE_TEST_POSTGRES_SOCKET"]).parent / "log"
    if not log.exists():
        pytest.skip("the server's log is elsewhere")
    try:
        database.execute(f"ALTER ROLE {role} SET log_statement = 'all'")
        mark = uuid.uuid4().hex
        database.execute("SET log_statement = 'all'", f"SELECT '{mark}'")
        run_verbs(migration, re.sub(r"//[^@]*@", f"//{role}@", database.url))
        said = log.read_text(errors="replace").split(mark)[-1]
    finally:
        database.execute(f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    entries = re.split(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] ", said, flags=re.MULTILINE)
    statements = [match.group(1) for entry in entries if (match := re.match(r"LOG:  (?:statement|execute [^:]*|fastpath[^:]*): (.*)", entry, re.DOTALL))]
    assert others(statements, POSTGRES_STATEMENTS) == []
    assert [statement for statement in statements if re.match(r"COPY \(\s*SELECT.*notes", statement, re.DOTALL)], statements
    check(database.url, files=migration.folder / "exports")
