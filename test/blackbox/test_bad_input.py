"""What goes wrong in real life: each case ends with status 2, a sentence that says what is wrong, and no stack trace."""
import os
import socket
import subprocess

import pytest

from support import DYNAMODB, ROOT, copy_of, dynamodb, make_shop, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program


def refused(migration, *arguments, says, **more):
    result = migration.run(*arguments, **more)
    assert result.status == 2, repr(result)
    assert result.err.strip(), "an error stands on stderr"
    for words in [says] if isinstance(says, str) else says:
        assert words.lower() in result.err.lower(), f"{words!r} is not in:\n{result.err}"
    for noise in ("terminate called", "AddressSanitizer", "Segmentation", "std::"):
        assert noise not in result.text
    return result


def test_no_model(migration):
    refused(migration, "check", says=["itemize.yaml", "init"])


def test_unknown_verb_and_option(migration):
    refused(migration, "chekc", says="chekc")
    refused(migration, "check", "--sacn", says="--sacn")


def test_folder_that_is_not_there(migration):
    refused(migration, "check", "-C", "nowhere", says="nowhere")


def test_a_file_that_is_no_database(migration):
    (migration.folder / "letter.db").write_text("Dear Sir or Madam, this is no database. " * 50)
    refused(migration, "init", "sqlite:letter.db", says="letter.db")


def test_a_file_that_is_not_there(migration):
    refused(migration, "init", "sqlite:missing.db", says="missing.db")
    assert not (migration.folder / "missing.db").exists(), "reading must not make the file"


def test_an_empty_database(migration):
    import sqlite3
    sqlite3.connect(migration.folder / "empty.db").execute("VACUUM")
    refused(migration, "init", "sqlite:empty.db", says="no tables")


def test_unknown_kind_of_source(migration):
    refused(migration, "init", "oracle://app@db/shop", says="oracle")


def test_password_on_the_command_line(migration):
    result = refused(migration, "init", "postgresql://app:s3cret@127.0.0.1:1/shop", says="password")
    assert "s3cret" not in result.text


def test_unknown_host(migration):
    refused(migration, "init", "postgresql://app@no-such-host.invalid/shop", says="no-such-host.invalid")


def test_nobody_listens(migration):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    refused(migration, "init", f"postgresql://app@127.0.0.1:{port}/shop", says=str(port))


@needs_postgres
def test_wrong_password(migration):
    result = refused(migration, "init", os.environ["ITEMIZE_TEST_POSTGRES_SCRAM"], says="password", ITEMIZE_SOURCE_PASSWORD="wrong horse")
    assert "wrong horse" not in result.text


@needs_postgres
def test_unknown_database(migration):
    from support import POSTGRES
    refused(migration, "init", POSTGRES.rsplit("/", 1)[0] + "/nothere", says="nothere")


@needs_postgres
def test_no_privilege_on_one_table(migration, database):
    database.execute("CREATE TABLE open (id integer PRIMARY KEY)", "CREATE TABLE closed (id integer PRIMARY KEY)", "INSERT INTO open VALUES (1)",
                     f"CREATE ROLE r{database.name} LOGIN", f"GRANT SELECT ON open TO r{database.name}")
    try:
        url = database.url.replace("//itemize@", f"//r{database.name}@")
        migration.ok("init", url, "--region", "eu-west-1")
        assert "closed" in migration.model and "may not read" in migration.model
        migration.ok("export", "--to", "exports")
        migration.write_model(f"itemize: 1\nsource: {url}\ntarget: {{ region: eu-west-1 }}\ntables:\n  closed: {{ partition_key: {{ id: N }} }}\n"
                              'items:\n  Closed: { table: closed, from: closed, key: { id: "{id}" } }\n')
        refused(migration, "export", "--to", "other", says="closed")
    finally:
        database.execute(f"DROP OWNED BY r{database.name}", f"DROP ROLE r{database.name}")


@needs_postgres
def test_table_that_vanished(migration, database):
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY)")
    migration.ok("init", database.url, "--region", "eu-west-1")
    database.execute("ALTER TABLE notes RENAME TO notices")
    result = migration.run("check")
    assert result.status == 2 and "notes" in result.text and "notices" in result.text, "did you mean"


@needs_postgres
def test_table_without_key_is_left_out_with_a_reason(migration, database):
    database.execute("CREATE TABLE log (line text)", "CREATE TABLE notes (id integer PRIMARY KEY)")
    migration.ok("init", database.url, "--region", "eu-west-1")
    assert "log is left out" in migration.model and "no primary key" in migration.model


@needs_dynamodb
def test_a_target_that_nobody_answers_for(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--endpoint", "http://127.0.0.1:9")
    refused(migration, "create", "--execute", says="127.0.0.1:9")
    refused(migration, "load", "--execute", says="127.0.0.1:9")


@needs_dynamodb
class TestTargets:
    @pytest.fixture
    def loaded(self, migration, shop_file, prefixes):
        """A model of one small table, and its prefix; the DynamoDB table is not made."""
        copy_of(shop_file, migration.folder / "shop.db")
        migration.write_model(f"itemize: 1\nsource: sqlite:shop.db\ntarget: {{ region: eu-west-1, endpoint: {DYNAMODB} }}\ntables:\n"
                              "  tags: { partition_key: { id: N }, billing_mode: PAY_PER_REQUEST }\n"
                              'items:\n  Tag: { table: tags, from: tags, key: { id: "{id}" } }\n')
        prefix = migration.prefix_tables()
        prefixes.append(prefix)
        return migration, prefix

    def make_table(self, name, key, kind):
        dynamodb().create_table(TableName=name, KeySchema=[{"AttributeName": key, "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind}],
                                BillingMode="PAY_PER_REQUEST")

    def test_table_not_made_yet(self, loaded):
        migration, prefix = loaded
        refused(migration, "load", "--env", "test", "--execute", says=[prefix + "tags", "create"])

    @pytest.mark.parametrize("key, kind", [("pk", "N"), ("id", "S")])
    def test_table_with_another_key(self, loaded, key, kind):
        migration, prefix = loaded
        self.make_table(prefix + "tags", key, kind)
        refused(migration, "load", "--env", "test", "--execute", says=prefix + "tags")

    def test_table_that_is_not_empty(self, loaded):
        migration, prefix = loaded
        self.make_table(prefix + "tags", "id", "N")
        dynamodb().put_item(TableName=prefix + "tags", Item={"id": {"N": "77"}, "mine": {"S": "do not touch"}})
        refused(migration, "load", "--env", "test", "--execute", says=["not empty", "on_existing_items"])
        assert dynamodb().scan(TableName=prefix + "tags")["Count"] == 1
        migration.write_model(migration.model.replace("partition_key: { id: N },", "partition_key: { id: N }, on_existing_items: overwrite,"))
        migration.ok("load", "--env", "test", "--execute")
        assert dynamodb().get_item(TableName=prefix + "tags", Key={"id": {"N": "77"}})["Item"]["mine"] == {"S": "do not touch"}
        assert dynamodb().scan(TableName=prefix + "tags")["Count"] == 13


def test_second_run_in_the_same_folder(migration):
    import fcntl
    make_shop(migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    migration.ok("export", "--to", "exports", "--select", "Tag")
    with open(migration.folder / ".itemize/lock", "r+") as lock:     # as a running one holds it
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        refused(migration, "export", "--to", "exports", "--select", "Tag", "--again", says="another")
        migration.ok("status")                                       # readers go on beside it


def as_nobody() -> dict:
    """Root may write anywhere: the program then runs as a user who may not."""
    return {"user": 65534, "group": 65534} if os.getuid() == 0 else {}


def test_read_only_folder(migration, tmp_path):
    from support import PROGRAM
    make_shop(migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    for folder in [migration.folder, *list(migration.folder.parents)[:-1]]:
        if folder.owner() == migration.folder.owner() and str(folder).count("/") > 1:
            os.chmod(folder, 0o755)
    os.chmod(migration.folder, 0o555)
    try:
        done = subprocess.run([PROGRAM, "export", "--to", "exports"], cwd=migration.folder, capture_output=True, text=True, **as_nobody())
    finally:
        os.chmod(migration.folder, 0o755)
    assert done.returncode == 2 and "ermission denied" in done.stderr, done.stderr


def test_full_disk(migration):
    """A file-size limit is what a full disk looks like to a program (EFBIG for ENOSPC); where we may mount, a real full disk."""
    from support import PROGRAM
    make_shop(migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    small = migration.folder / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", small], capture_output=True).returncode == 0
    try:
        target = small / "exports" if mounted else migration.folder / "exports"
        command = ["bash", "-c", f'ulimit -f {1000000 if mounted else 200}; exec "$@"', "-", PROGRAM, "export", "--to", target]
        done = subprocess.run(command, cwd=migration.folder, capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        assert any(words in done.stderr for words in ("No space left", "File too large")), done.stderr
        assert not list(target.glob("*/manifest.json"))
    finally:
        if mounted:
            subprocess.run(["umount", small], check=True)
    # Nothing is lost: with room again, the same work runs to its end.
    migration.ok("export", "--to", "elsewhere")


def test_a_reader_that_goes_away(migration, shop_file):
    from support import PROGRAM
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    done = subprocess.run(["bash", "-o", "pipefail", "-c", f'"{PROGRAM}" preview -n 100 | head -n 1'], cwd=migration.folder, capture_output=True, text=True)
    assert "terminate" not in done.stderr and done.returncode < 128


def test_everything_in_help_exists(migration):
    for verb in ("init", "inspect", "check", "preview", "explain", "create", "export", "load", "status", "reset"):
        assert migration.ok(verb, "--help").out.strip()
    assert str(ROOT)
