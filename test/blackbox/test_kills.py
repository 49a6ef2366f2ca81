"""A few kills at random instants in CI; test/kill_resume.py --kills 50 does more by hand."""
import subprocess
import sys

import pytest

from support import ROOT, needs_dynamodb, needs_postgres, needs_program

pytestmark = needs_program


def trial(*options):
    done = subprocess.run([sys.executable, ROOT / "test/kill_resume.py", *options], capture_output=True, text=True, timeout=900)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("seed", ["1", "2"])
def test_export_from_sqlite(seed):
    trial("--verb", "export", "--source", "sqlite", "--kills", "6", "--longest", "0.5", "--seed", seed)


@needs_postgres
def test_export_from_postgresql():
    trial("--verb", "export", "--source", "postgres", "--kills", "6", "--longest", "0.8", "--seed", "3")


def test_export_of_documents_from_sqlite():
    trial("--documents", "--verb", "export", "--source", "sqlite", "--kills", "6", "--longest", "0.6", "--seed", "6")


@needs_postgres
@needs_dynamodb
def test_load_of_documents_from_postgresql():
    trial("--documents", "--verb", "load", "--source", "postgres", "--kills", "4", "--rows", "1000", "--longest", "2", "--seed", "7")


@needs_dynamodb
def test_load_from_sqlite():
    trial("--verb", "load", "--source", "sqlite", "--kills", "4", "--rows", "1500", "--longest", "2", "--seed", "4")


@needs_postgres
@needs_dynamodb
def test_load_from_postgresql():
    trial("--verb", "load", "--source", "postgres", "--kills", "4", "--rows", "1500", "--longest", "2", "--seed", "5")
