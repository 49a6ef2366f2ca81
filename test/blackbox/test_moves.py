"""The whole way: init, check, create, load or export, status; then the independent checker compares every field."""
import subprocess
import sys

import pytest

from support import ROOT, DYNAMODB, POSTGRES, check, copy_of, make_shop, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program

# TPC-C's history has no key. The generator writes one row for each customer, so that these columns identify it.
HISTORY_TABLE = "  history:\n    partition_key: { h_c_w_id: N }\n    sort_key: { SK: S }\n    billing_mode: PAY_PER_REQUEST\n"
HISTORY_ITEM = """  History:
    table: history
    from: history
    key: { h_c_w_id: "{h_c_w_id}", SK: "{sortable(h_c_d_id)}#{sortable(h_c_id)}" }
    identity: [h_c_w_id, h_c_d_id, h_c_id]
"""


def make_tpcc(url, scale_down=100):
    subprocess.run([sys.executable, ROOT / "test/tpcc/make_tpcc.py", "--warehouses", "2", "--scale-down", str(scale_down), "--postgres", url], check=True, capture_output=True)


def load_all(migration, prefixes):
    """check, create, load, status of a model that is there; returns the tables' prefix."""
    prefix = migration.prefix_tables()
    prefixes.append(prefix)
    migration.ok("check", "--env", "test")
    migration.ok("create", "--env", "test", "--execute")
    migration.ok("load", "--env", "test", "--execute")
    assert "finished" in migration.ok("status", "--env", "test").text
    return prefix


@needs_dynamodb
def test_shop_with_the_starter_model(migration, shop_file, prefixes):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--endpoint", DYNAMODB)
    prefix = load_all(migration, prefixes)
    check(f"sqlite:{shop_file}", prefix)


@needs_dynamodb
def test_shop_designed_as_one_table(migration, shop_file, prefixes):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model((ROOT / "examples/shop/itemize.yaml").read_text().replace("http://127.0.0.1:8000", DYNAMODB))
    scan = migration.ok("check", "--scan")
    assert "REJECT" not in scan.text and "COLLISION" not in scan.text
    prefix = load_all(migration, prefixes)
    check(f"sqlite:{shop_file}", prefix, "shop")


@needs_postgres
@needs_dynamodb
def test_shop_in_postgresql(migration, database, prefixes):
    sql = subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", "--postgres"], check=True, capture_output=True, text=True).stdout
    database.run_sql(sql)
    migration.ok("init", database.url, "--endpoint", DYNAMODB)
    prefix = load_all(migration, prefixes)
    check(database.url, prefix)


@needs_postgres
@needs_dynamodb
def test_tpcc(migration, database, prefixes):
    make_tpcc(database.url)
    migration.ok("init", database.url, "--endpoint", DYNAMODB)
    migration.write_model(migration.model.replace("tables:\n", "tables:\n" + HISTORY_TABLE, 1).replace("\nitems:\n", "\nitems:\n" + HISTORY_ITEM, 1))
    prefix = load_all(migration, prefixes)
    check(database.url, prefix)


@pytest.mark.parametrize("compression, suffix", [("none", ".json"), ("gzip", ".json.gz"), ("zstd", ".json.zst")])
@pytest.mark.parametrize("design", ["starter", "shop"])
def test_shop_as_files(migration, shop_file, design, compression, suffix):
    copy_of(shop_file, migration.folder / "shop.db")
    if design == "starter":
        migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    else:
        migration.write_model((ROOT / "examples/shop/itemize.yaml").read_text())
    migration.ok("export", "--to", "exports", "--compression", compression)
    data = list((migration.folder / "exports").glob("*/data/*"))
    assert data and all(path.name.endswith(suffix) for path in data)
    assert not list((migration.folder / "exports").glob("*/tmp/*"))
    check(f"sqlite:{shop_file}", design=design, files=migration.folder / "exports")


@needs_postgres
def test_tpcc_as_files_in_many_ranges(migration, database):
    make_tpcc(database.url, 20)
    migration.ok("init", database.url, "--region", "eu-west-1")
    migration.ok("export", "--to", "exports", "--compression", "zstd", "--range-bytes", "65536", "--connections", "4")
    assert len(list((migration.folder / "exports/stock/data").iterdir())) > 3
    check(database.url, files=migration.folder / "exports", only=["warehouse", "district", "customer", "orders", "new_order", "order_line", "item", "stock"])


@needs_postgres
def test_pgbench_as_files(migration, database):
    bin_folder = subprocess.run(["bash", "-c", '. "$0"; postgres_binaries', ROOT / "test/engines/engines.sh"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run([f"{bin_folder}/pgbench", "-i", "-q", "-s", "1", database.url], check=True, capture_output=True)
    migration.ok("init", database.url, "--region", "eu-west-1")
    migration.ok("export", "--to", "exports")
    check(database.url, files=migration.folder / "exports", only=["pgbench_accounts", "pgbench_branches", "pgbench_tellers"])


def test_a_finished_export_is_not_repeated(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    migration.ok("export", "--to", "exports", "--select", "Tag")
    assert "nothing to do" in migration.ok("export", "--to", "exports", "--select", "Tag").text
    migration.ok("export", "--to", "exports", "--select", "Tag", "--again")
    check(f"sqlite:{shop_file}", files=migration.folder / "exports", only=["tags"])


def test_rejects_are_written_down_and_the_rest_is_moved(migration):
    source = make_shop(migration.folder / "shop.db", "--with-misfits")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    model = migration.model
    assert "  Session" in model
    result = migration.ok("export", "--to", "exports", "--json", status=1)
    assert result.document["rejects"] == 3       # two sessions with impossible keys, one product over 400 KB
    lines = (migration.folder / ".itemize/rejects/Product.jsonl").read_text().splitlines()
    assert len(lines) == 1 and '"reason":"item_too_large"' in lines[0] and "9001" in lines[0]
    sessions = (migration.folder / ".itemize/rejects/Session.jsonl").read_text()
    assert '"reason":"key_empty"' in sessions and '"reason":"key_too_large"' in sessions
    assert (migration.folder / ".itemize/rejects/Session.jsonl").stat().st_mode & 0o077 == 0
    check(source, files=migration.folder / "exports", refused=3)


def test_max_rejects_stops(migration):
    make_shop(migration.folder / "shop.db", "--with-misfits")
    migration.ok("init", "sqlite:shop.db", "--region", "eu-west-1")
    result = migration.ok("export", "--to", "exports", "--max-rejects", "1", status=2)
    assert "--max-rejects" in result.err


def test_preview_and_explain(migration, shop_file):
    copy_of(shop_file, migration.folder / "shop.db")
    migration.write_model((ROOT / "examples/shop/itemize.yaml").read_text())
    result = migration.ok("preview", "--select", "Customer", "-n", "2")
    assert "CUSTOMER#" in result.out and "@example.org" not in result.text, "sensitive columns are masked"
    assert "CATEGORIES" in migration.ok("explain", "Category", "id=3").out
    missing = migration.run("explain", "Category", "id=333")
    assert missing.status in (1, 2) and "333" in missing.text


@needs_postgres
def test_password_from_the_environment(migration, database):
    import os
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY, body text)", "INSERT INTO notes VALUES (1, 'one')")
    url = os.environ["ITEMIZE_TEST_POSTGRES_SCRAM"].rsplit("/", 1)[0] + "/" + database.name
    password = os.environ["ITEMIZE_TEST_POSTGRES_SCRAM_PASSWORD"]
    migration.ok("init", url, "--region", "eu-west-1", ITEMIZE_SOURCE_PASSWORD=password)
    migration.ok("export", "--to", "exports", ITEMIZE_SOURCE_PASSWORD=password)
    check(database.url, files=migration.folder / "exports")
    everything = b"".join(path.read_bytes() for path in migration.folder.rglob("*") if path.is_file())
    assert password.encode() not in everything


@needs_postgres
def test_tls_verify_full(migration, database):
    import os
    certificate = os.environ.get("ITEMIZE_TEST_POSTGRES_CA")
    if not certificate:
        pytest.skip("the engine has no certificate (openssl is missing)")
    database.execute("CREATE TABLE notes (id integer PRIMARY KEY)")
    migration.ok("init", f"{database.url}?sslmode=verify-full&sslrootcert={certificate}", "--region", "eu-west-1")
    assert POSTGRES
