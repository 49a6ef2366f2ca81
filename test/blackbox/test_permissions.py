"""The IAM policy of docs/aws.md is enough, and needed: a load with nothing else, against moto's emulation of IAM.

moto judges actions, not resources: the policy's resources are widened to "*" here.
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support import ROOT, copy_of, needs_program

MOTO = Path(sys.executable).parent / "moto_server"
SETTING_UP = 3   # calls before permissions are checked: user, policy, key

pytestmark = [needs_program, pytest.mark.skipif(not MOTO.exists(), reason="no moto (./dev setup)")]

MODEL = """itemize: 1
source: sqlite:shop.db
target: {{ region: eu-west-1, endpoint: "{endpoint}", account: "123456789012" }}
tables:
  shop-sessions:
    partition_key: {{ token: S }}
    time_to_live: {{ attribute: expiresAt }}
    billing_mode: PAY_PER_REQUEST
items:
  Session: {{ table: shop-sessions, from: sessions, key: {{ token: "{{token}}" }}, columns: [customer_id], set: {{ expiresAt: "{{expires_at}}" }} }}
"""


def policy() -> dict:
    text = re.search(r"<!-- policy -->\n```json\n(.*?)```", (ROOT / "docs/aws.md").read_text(), re.DOTALL).group(1)
    found = json.loads(text)
    for statement in found["Statement"]:
        statement["Resource"] = "*"
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def moto_with(allowed: dict, folder: Path):
    """A moto that checks permissions; gives its endpoint and the credentials of a user with this policy."""
    import boto3
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with open(folder / "moto.log", "w") as log:
        server = subprocess.Popen([MOTO, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log, env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(SETTING_UP)})
    try:
        deadline = time.monotonic() + 60
        while not listens(port):
            assert server.poll() is None and time.monotonic() < deadline, (folder / "moto.log").read_text()
            time.sleep(0.1)
        endpoint = f"http://127.0.0.1:{port}"
        iam = boto3.client("iam", endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id="setup", aws_secret_access_key="setup")
        iam.create_user(UserName="migration")
        iam.put_user_policy(UserName="migration", PolicyName="migration", PolicyDocument=json.dumps(allowed))
        key = iam.create_access_key(UserName="migration")["AccessKey"]
        yield endpoint, {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_the_policy_is_enough(migration, shop_file, tmp_path):
    copy_of(shop_file, migration.folder / "shop.db")
    with moto_with(policy(), tmp_path) as (endpoint, credentials):
        migration.write_model(MODEL.format(endpoint=endpoint))
        migration.ok("create", "--execute", **credentials)
        migration.ok("check", "--target", **credentials)
        migration.ok("load", "--execute", **credentials)
        migration.ok("status", **credentials)
        token = re.search(r'"token":"(\w+)"', migration.ok("preview", "-n", "1", "--json", **credentials).out).group(1)
        assert "holds the same item" in migration.ok("explain", "Session", f"token={token}", **credentials).out
        # And nothing more than enough: this user may not delete tables.
        refused = migration.run("reset", "--execute", **credentials)
        assert refused.status == 2 and "DeleteTable" in refused.err and "docs/aws.md" in refused.err, repr(refused)


@pytest.mark.parametrize("action, verbs", [("BatchWriteItem", ["create", "load"]), ("CreateTable", ["create"]), ("Scan", ["create", "load"])])
def test_what_is_missing_is_named(migration, shop_file, tmp_path, action, verbs):
    allowed = policy()
    allowed["Statement"][0]["Action"].remove(f"dynamodb:{action}")
    copy_of(shop_file, migration.folder / "shop.db")
    with moto_with(allowed, tmp_path) as (endpoint, credentials):
        migration.write_model(MODEL.format(endpoint=endpoint))
        for verb in verbs[:-1]:
            migration.ok(verb, "--execute", **credentials)
        refused = migration.run(verbs[-1], "--execute", **credentials)
    assert refused.status == 2 and action in refused.err and "docs/aws.md" in refused.err, repr(refused)
    assert credentials["AWS_SECRET_ACCESS_KEY"] not in refused.text
