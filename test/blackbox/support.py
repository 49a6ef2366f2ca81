"""What the black-box tests share: the program as a command, a migration's folder, the engines."""
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ITEMIZE_BINARY", ROOT / "build/release/itemize"))
POSTGRES = os.environ.get("ITEMIZE_TEST_POSTGRES")
MARIADB = os.environ.get("ITEMIZE_TEST_MARIADB")
DYNAMODB = os.environ.get("ITEMIZE_TEST_DYNAMODB")

needs_program = pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is not built")
needs_postgres = pytest.mark.skipif(not POSTGRES, reason="no PostgreSQL (run under test/engines/with_engines)")
needs_mariadb = pytest.mark.skipif(not MARIADB, reason="no MariaDB (run under test/engines/with_engines)")
needs_dynamodb = pytest.mark.skipif(not DYNAMODB, reason="no DynamoDB Local (run under test/engines/with_engines)")


class Result:
    def __init__(self, process: subprocess.CompletedProcess):
        self.status, self.out, self.err = process.returncode, process.stdout, process.stderr

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def document(self) -> dict:
        return json.loads(self.out)

    def __repr__(self) -> str:
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Migration:
    """A migration's folder, and the program run in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ)

    def command(self, *arguments) -> list[str]:
        return [str(PROGRAM), *map(str, arguments)]

    def run(self, *arguments, timeout: float = 300, **environment) -> Result:
        return Result(subprocess.run(self.command(*arguments), cwd=self.folder, env={**self.environment, **environment}, capture_output=True, text=True,
                                     errors="replace", timeout=timeout, stdin=subprocess.DEVNULL))

    def ok(self, *arguments, status: int = 0, **more) -> Result:
        result = self.run(*arguments, **more)
        assert result.status == status, f"itemize {' '.join(map(str, arguments))}: {result!r}"
        return result

    def start(self, *arguments) -> subprocess.Popen:
        """In the background; output goes to files in the folder."""
        with open(self.folder / "background.log", "ab") as log:
            return subprocess.Popen(self.command(*arguments), cwd=self.folder, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    @property
    def model(self) -> str:
        return (self.folder / "itemize.yaml").read_text()

    def write_model(self, text: str) -> None:
        (self.folder / "itemize.yaml").write_text(text)

    def prefix_tables(self) -> str:
        """DynamoDB Local is shared by all tests: gives this migration's tables a prefix of their own, by an environment named `test`."""
        prefix = f"t{uuid.uuid4().hex[:10]}-"
        self.write_model(self.model + f"\nenvironments:\n  test: {{ table_prefix: {prefix} }}\n")
        return prefix


def dynamodb():
    import boto3
    return boto3.client("dynamodb", endpoint_url=DYNAMODB, region_name="eu-west-1")


def drop_tables(prefix: str) -> None:
    client = dynamodb()
    for page in client.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            if name.startswith(prefix):
                client.delete_table(TableName=name)


def check(source: str, prefix: str = "", design: str = "starter", files: Path | None = None, only=None, refused: int = 0) -> None:
    """The independent checker, in its own process; fails the test with what it found."""
    command = [sys.executable, ROOT / "test/check_target.py", "--source", source, "--design", design, "--refused", str(refused)]
    command += ["--files", files] if files else ["--endpoint", DYNAMODB, "--prefix", prefix]
    if only:
        command += ["--only", *only]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def make_shop(path: Path, *options: str) -> str:
    subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", path, *options], check=True, capture_output=True)
    return f"sqlite:{path}"


class Database:
    """A fresh PostgreSQL database, dropped afterwards."""

    def __init__(self):
        import psycopg
        self.psycopg = psycopg
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.execute(f"CREATE DATABASE {self.name}", url=POSTGRES)
        self.url = POSTGRES.rsplit("/", 1)[0] + "/" + self.name

    def execute(self, *statements: str, url: str | None = None) -> None:
        with self.psycopg.connect(url or self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def run_sql(self, text: str) -> None:
        """A script as psql takes it, with COPY ... FROM stdin."""
        subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url], input=text, text=True, check=True, capture_output=True)

    def drop(self) -> None:
        self.execute(f"DROP DATABASE {self.name} WITH (FORCE)", url=POSTGRES)


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file below, with its contents: to show that nothing changed."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def copy_of(path: Path, to: Path) -> Path:
    shutil.copy(path, to)
    return to


class MariaDatabase:
    """A fresh MariaDB database, dropped afterwards. The program finds its password in the environment (see `environment`)."""

    def __init__(self):
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4", url=MARIADB)
        self.url = MARIADB.rsplit("/", 1)[0] + "/" + self.name

    environment = {"ITEMIZE_SOURCE_PASSWORD": os.environ.get("ITEMIZE_TEST_MARIADB_PASSWORD", "")}

    def execute(self, *statements: str, url: str | None = None) -> None:
        from lib.mysql_client import connect
        with connect(url or self.url) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def run_sql(self, text: str) -> None:
        """A script of statements, in one transaction where it makes no tables."""
        from lib.mysql_client import connect
        from pymysql.constants import CLIENT
        with connect(self.url, client_flag=CLIENT.MULTI_STATEMENTS) as connection, connection.cursor() as cursor:
            cursor.execute("SET autocommit = 0")
            cursor.execute(text)
            while cursor.nextset():
                pass
            cursor.execute("COMMIT")

    def drop(self) -> None:
        self.execute(f"DROP DATABASE {self.name}", url=MARIADB)


class SmallDisk:
    """A tmpfs on which a file takes up the room."""

    def __init__(self, folder: Path, size: str):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True).returncode != 0:
            pytest.skip("no right to mount a small disk")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=True)

    def grow(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", self.folder], check=True)
