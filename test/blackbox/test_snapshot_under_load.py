"""A few exports of MariaDB while others write to it; test/snapshot_under_load.py --runs 20 does more by hand, also on MySQL."""
import shutil
import subprocess
import sys
from argparse import Namespace

import pytest

from snapshot_under_load import Trial, differences
from support import ROOT, needs_mariadb, needs_program

pytestmark = [needs_program, needs_mariadb]


@pytest.mark.parametrize("user", ["itemize_locker", "itemize_reader"])        # with RELOAD, and without
def test_one_point(user):
    done = subprocess.run([sys.executable, ROOT / "test/snapshot_under_load.py", "--runs", "3", "--user", user, "--seed", "5"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_points_are_told_apart(tmp_path):
    """The check of the tests above is none that cannot fail: a table of a later point, among those of an earlier one, is noticed."""
    trial = Trial(Namespace(server="mariadb", user=None, sysbench=False, writers=2, accounts=300, pause=0.001, seed=5, connections=2, range_bytes=32768), tmp_path / "migration")
    try:
        trial.set_up()
        first, second = (tmp_path / "migration" / name for name in ("first", "second"))
        for folder in (first, second):
            trial.migration.ok("export", "--to", folder.name)
            assert differences(folder, False) == []
        shutil.rmtree(first / "accounts")
        shutil.copytree(second / "accounts", first / "accounts")
        assert len(differences(first, False)) >= 2
    finally:
        trial.tear_down()
