import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))   # lib/
sys.path.insert(0, str(Path(__file__).resolve().parent))

from owners import Owners  # noqa: E402
from support import Database, MariaDatabase, Migration, drop_tables, make_shop  # noqa: E402


@pytest.fixture
def migration(tmp_path):
    return Migration(tmp_path / "migration")


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    make_shop(path)
    return path


@pytest.fixture
def database():
    made = Database()
    yield made
    made.drop()


@pytest.fixture
def maria_database():
    made = MariaDatabase()
    yield made
    made.drop()


@pytest.fixture
def prefixes():
    """Prefixes whose DynamoDB tables are dropped after the test."""
    used = []
    yield used
    for prefix in used:
        drop_tables(prefix)


@pytest.fixture
def owners(tmp_path, prefixes):
    """Makes a source and a migration of it, by the endpoint to load into; its tables are dropped afterwards."""
    def make(endpoint: str, *options) -> Owners:
        made = Owners(tmp_path, endpoint, *options)
        prefixes.append(made.prefix)
        return made
    return make
