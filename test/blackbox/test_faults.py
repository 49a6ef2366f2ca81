"""Loads through a DynamoDB that throttles, fails, cuts, delays and applies late: the end result is exact all the same."""
import os
import random
import signal
import subprocess
import time

import pytest

from owners import Owners, Proxy
from support import needs_dynamodb, needs_program

pytestmark = [needs_program, needs_dynamodb]
# How often each strikes. What costs time (time-outs, waits) strikes less often, so that the tests stay short.
FAULTS = {"throttle": 0.1, "throttle-plain": 0.1, "unprocessed": 0.4, "error-500": 0.15, "error-500-after": 0.15, "error-503": 0.15, "cut-before": 0.15,
          "cut-after": 0.15, "cut-middle": 0.15, "delay": 0.05, "late": 0.15, "late-silent": 0.07, "duplicate": 0.3, "wrong-crc": 0.15, "login-page": 0.15}


def renewable_credentials(folder) -> dict:
    """Credentials that a command hands out: new ones whenever they are asked for."""
    script = folder / "credentials.sh"
    key = os.environ.get("AWS_ACCESS_KEY_ID", "test")        # DynamoDB Local keeps tables by access key
    script.write_text('#!/bin/sh\necho asked >>"$0.log"\necho \'{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"secret","SessionToken":"token-\'$$\'"}\'\n' % key)
    script.chmod(0o700)
    config = folder / "config"
    config.write_text(f"[profile test]\nregion = eu-west-1\ncredential_process = {script}\n")
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault(fault, owners):
    with Proxy(f"--{fault}", FAULTS[fault]) as proxy:
        made = owners(proxy.url)
        made.migration.ok(*made.load)
        assert proxy.counts()[fault] > 0
        proxy.wait_until_quiet()
        made.assert_equal()


def test_expired_credentials_are_renewed_in_flight(owners, tmp_path):
    with Proxy("--expired", 0.2) as proxy:
        made = owners(proxy.url)
        made.migration.ok(*made.load, "--profile", "test", **renewable_credentials(tmp_path))
        assert proxy.counts()["expired"] > 0
        assert len((tmp_path / "credentials.sh.log").read_text().splitlines()) > 1
        made.assert_equal()


def test_a_clock_that_is_wrong(owners):
    with Proxy("--clock-skew", 1200) as proxy:
        made = owners(proxy.url)
        made.migration.ok(*made.load)
        assert proxy.counts()["skewed"] > 0
        made.assert_equal()


def test_all_faults_together(owners, tmp_path):
    with Proxy("--expired", 0.02, "--clock-skew", -1200, *[part for fault in FAULTS for part in (f"--{fault}", 0.02)]) as proxy:
        made = owners(proxy.url)
        made.migration.ok(*made.load, "--profile", "test", **renewable_credentials(tmp_path))
        proxy.wait_until_quiet()
        made.assert_equal()


@pytest.mark.parametrize("seed", [1, 3])
def test_kills_while_requests_are_late(seed, owners):
    """A late copy of what a killed run sent must not undo what the next one writes or removes."""
    rng = random.Random(seed)
    with Proxy("--late", 0.2, "--duplicate", 0.2, "--cut-after", 0.1, "--seed", seed) as proxy:
        made = owners(proxy.url)
        for _ in range(3):
            process = made.migration.start(*made.load, "--again")
            try:
                process.wait(timeout=0.3 + rng.random() * 2)
                proxy.wait_until_quiet()   # a run that ended well has waited for what had no answer, but not for second copies of what had one
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(timeout=30)
            made.change(rng)
        if "everything was read" in made.migration.ok(*made.load, "--again").text:
            made.migration.ok(*made.load, "--again")   # that one ended a killed run, at its own point in time: this one is of now
        proxy.wait_until_quiet()
        made.assert_equal()


def test_a_kill_while_outdated_items_are_removed(owners):
    """Keys that were sent to be deleted are not keys that were written: the next attempt deletes them again."""
    rng = random.Random(5)
    with Proxy("--delay", 1, "--delay-seconds", 0.4) as slow:
        made = owners(slow.url)
        made.migration.ok(*made.load)
        made.change(rng)
        process = made.migration.start(*made.load, "--again")
        log = made.migration.folder / ".itemize/test/keys"
        deadline = time.monotonic() + 60
        while not list(log.glob("*.deletes")) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        assert list(log.glob("*.deletes")), "the kill came too late or too early"
        result = made.migration.ok(*made.load, "--json")
        assert result.document["removed"] > 0, "what was announced for deletion is deleted again"
        made.assert_equal()
