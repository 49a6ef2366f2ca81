"""The documentation is true: its commands are run and print what the pages show, its lists are complete, its links lead somewhere."""
import contextlib
import os
import re
import subprocess
import uuid
from pathlib import Path

import pytest

from lib.doc_pages import Shell, needs, run_page
from support import DYNAMODB, PROGRAM, ROOT, Database, dynamodb, make_shop, needs_dynamodb, needs_postgres, needs_program

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
VERBS = ("init", "inspect", "check", "preview", "explain", "create", "export", "load", "plan", "control", "status", "reset")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def pages_that_need(what: str) -> list:
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if needs(page.read_text()) == what]


def reader_of(database: Database) -> None:
    """The user of docs/sources/postgresql.md, with the privileges that the page gives it."""
    page = (ROOT / "docs/sources/postgresql.md").read_text()
    statements = re.search(r"<!-- least privileges -->\n```sql\n(.*?)```", page, re.DOTALL).group(1)
    database.execute(*[statement.replace("itemize_reader", f"r{database.name}").replace("shop", database.name)
                       for statement in re.sub(r"--.*", "", statements).split(";") if statement.strip()])


@contextlib.contextmanager
def shell_for(source: str, folder: Path):
    """A shell in a folder with the sample shop, `itemize` in its PATH, and DynamoDB Local where the pages say it is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ITEMIZE_", "PG"))}
    environment["PATH"] = f"{PROGRAM.parent}:{environment['PATH']}"
    # DynamoDB Local keeps apart what different keys make: a page's tables are its own.
    environment["AWS_ACCESS_KEY_ID"] = f"docs{uuid.uuid4().hex[:12]}"
    swaps = [("http://127.0.0.1:8000", DYNAMODB)]
    only_back = [("~/tour", str(folder))]
    database = Database() if source == "postgresql" else None
    try:
        if database:
            database.run_sql(subprocess.run(["python3", ROOT / "examples/shop/make_shop.py", "--postgres"], check=True, capture_output=True, text=True).stdout)
            reader_of(database)
            server = database.url.split("@")[1].split("/")[0]
            # `app` is a user that needs a password.
            swaps += [("app@db.example/shop", os.environ["ITEMIZE_TEST_POSTGRES_SCRAM"].split("//")[1])]
            only_back += [("database shop", "database itemize"), ('"app"', '"itemize_scram"')]
            swaps += [("itemize_reader@db.example/shop", f"r{database.name}@{server}/{database.name}"), ("db.example", server), ("itemize_reader", f"r{database.name}")]
            only_back += [("shop", database.name)]
            environment["ADMIN"] = database.url
        make_shop(folder / "shop.db")
        (folder / "examples").symlink_to(ROOT / "examples")
        shell = Shell(folder, environment, swaps, only_back)
        try:
            yield shell
        finally:
            shell.close()
    finally:
        if database:
            database.execute(f"DROP OWNED BY r{database.name}", f"DROP ROLE r{database.name}")
            database.drop()


@needs_program
@needs_dynamodb
@pytest.mark.parametrize("page", pages_that_need("sqlite"))
def test_commands_on_sqlite(page, tmp_path):
    with shell_for("sqlite", tmp_path) as shell:
        faults = run_page(page, shell)
    assert not faults, "\n\n".join(faults)


@needs_program
@needs_dynamodb
@needs_postgres
@pytest.mark.parametrize("page", pages_that_need("postgresql"))
def test_commands_on_postgresql(page, tmp_path):
    with shell_for("postgresql", tmp_path) as shell:
        faults = run_page(page, shell)
    assert not faults, "\n\n".join(faults)


def sections_of(page: str) -> dict[str, str]:
    """Text below each second-level heading, by the heading without code marks."""
    parts = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return {heading.replace("`", "").strip(): text for heading, text in zip(parts[1::2], parts[2::2])}


@needs_program
@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_documented(verb):
    """docs/verbs.md has the options that --help has, and no other."""
    shown = subprocess.run([PROGRAM, verb, "--help"], capture_output=True, text=True, check=True).stdout
    real = set(re.findall(r"^ +(?:-\w,)?(--[a-z-]+)", shown, re.MULTILINE)) - {"--help"}
    sections = sections_of((ROOT / "docs/verbs.md").read_text())
    common = set(re.findall(r"^\| `(?:-\w, )?(--[a-z-]+)", sections["Options of most verbs"], re.MULTILINE))
    own = set(re.findall(r"^\| `(?:-\w, )?(--[a-z-]+)", sections[f"itemize {verb}"], re.MULTILINE))
    assert real - own - common == set(), "not in docs/verbs.md"
    assert own - real == set(), "in docs/verbs.md, but not in the program"


@needs_program
def test_every_verb_is_documented():
    shown = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    verbs = re.findall(r"^  ([a-z]+) ", shown.split("Subcommands:")[1], re.MULTILINE)
    assert sorted(verbs) == sorted(VERBS)


def test_every_reason_is_documented():
    """docs/types.md lists the reason codes of src/item/rejection.cpp, each once."""
    real = re.findall(r'return "([a-z0-9_]+)";', (ROOT / "src/item/rejection.cpp").read_text())
    listed = re.findall(r"^\| `([a-z0-9_]+)` \|", sections_of((ROOT / "docs/types.md").read_text())["Reason codes"], re.MULTILINE)
    assert sorted(listed) == sorted(set(real) - {"unknown"})


def test_links_lead_somewhere():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)
