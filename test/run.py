#!/usr/bin/env python3
"""Runs parts of the test suite that are built already, and closes with one line: "N passed, N failed, N skipped".

Called by ./dev test within with_engines. GoogleTest programs, fuzzers, scripts and pytest are counted test by test.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = os.cpu_count() or 1                 # programs that share nothing and measure no time
SANITIZER_OPTIONS = {
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={ROOT}/test/threads.suppressions",
}


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, name: str) -> None:
        self.failed += 1
        self.failures.append(name)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run(command: list, timeout: float, **more) -> int:
    """The command's exit status; 124 after a time-out (the command is killed)."""
    environment = {**os.environ, **SANITIZER_OPTIONS, **more.pop("env", {})}
    try:
        return subprocess.run([str(part) for part in command], timeout=timeout, env=environment, **more).returncode
    except subprocess.TimeoutExpired:
        print(f"time-out after {timeout:.0f} s: {command[0]}")
        return 124


def google_test(program: Path, name: str, timeout: float, prefix: tuple = ()) -> Tally:
    """Runs one GoogleTest program; every TEST counts. A crash counts as one failure more."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="itemize-test-") as folder:
        report = Path(folder) / "report.json"
        status = run([*prefix, program, "--gtest_brief=1", f"--gtest_output=json:{report}"], timeout, cwd=folder)
        if not report.exists():
            tally.fail(f"{name} (ended with status {status}, no report)")
            return tally
        for suite in json.loads(report.read_text())["testsuites"]:
            for test in suite["testsuite"]:
                title = f"{name} {suite['name']}.{test['name']}"
                if test.get("result") == "SKIPPED" or test["status"] == "NOTRUN":
                    tally.skipped += 1
                elif test.get("failures"):
                    tally.fail(title)
                else:
                    tally.passed += 1
    if status != 0 and tally.failed == 0:
        tally.fail(f"{name} (status {status})")
    return tally


def ctest_programs(build: Path, label: str) -> list[tuple[str, Path, float]]:
    """(name, program, time-out) of the tests that CMake knows under the label."""
    listing = json.loads(subprocess.check_output(["ctest", "--test-dir", build, "-L", label, "--show-only=json-v1"]))
    found = []
    for test in listing["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        found.append((test["name"], Path(test["command"][-1]), float(properties.get("TIMEOUT", 600))))
    return found


def unit() -> Tally:
    tally = Tally()
    for name, program, timeout in ctest_programs(ROOT / "build/debug", "unit"):
        tally.add(google_test(program, name, timeout))
    return tally


def engine() -> Tally:
    tally = Tally()
    for name, program, timeout in ctest_programs(ROOT / "build/debug", "engine"):
        tally.add(google_test(program, name, timeout))
    return tally


def threads() -> Tally:
    tally = Tally()
    # ThreadSanitizer of GCC 12 does not know the address layout of newer kernels: without randomisation it runs everywhere.
    prefix = ("setarch", "-R")
    programs = sorted((ROOT / "build/thread").glob("*_test"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for part in pool.map(lambda program: google_test(program, f"threads {program.name.removesuffix('_test')}", 900, prefix), programs):
            tally.add(part)
    return tally


def fuzz(seconds: int) -> Tally:
    """Each fuzzer for some seconds, from its seeds in test/fuzz/<name>; new inputs are kept beside the build."""
    def one(source: Path) -> Tally:
        tally = Tally()
        name = source.stem
        corpus = ROOT / "build/fuzz/corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = [folder for folder in (ROOT / "test/fuzz" / name, source.parent / f"{name}_seeds") if folder.is_dir()]
        command = [ROOT / "build/fuzz" / name, f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=0",
                   "-verbosity=0", f"-artifact_prefix={corpus.parent}/{name}-", corpus, *seeds]
        log = corpus.parent / f"{name}.log"
        with log.open("wb") as output:
            status = run(command, seconds + 300, stdout=output, stderr=subprocess.STDOUT)
        if status == 0:
            tally.passed += 1
        else:
            print("\n".join(log.read_text(errors="replace").splitlines()[-60:]))
            tally.fail(f"fuzz {name} (status {status}; input in build/fuzz/corpus/{name}-*)")
        return tally

    total = Tally()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for part in pool.map(one, sorted((ROOT / "src").rglob("*_fuzz.cpp"))):
            total.add(part)
    return total


def rules() -> Tally:
    tally = Tally()
    for name, command in (("house rules", [sys.executable, ROOT / "test/house_rules.py"]),
                          ("house rules find what is bad", [sys.executable, ROOT / "test/house_rules.py", "--self-test"])):
        if run(command, 120) == 0:
            tally.passed += 1
        else:
            tally.fail(name)
    return tally


def blackbox() -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="itemize-test-") as folder:
        report = Path(folder) / "report.xml"
        python = os.environ.get("ITEMIZE_TEST_PYTHON", sys.executable)
        status = run([python, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--durations=10", f"--junitxml={report}", ROOT / "test/blackbox"], 3000)
        if not report.exists():
            tally.fail(f"blackbox (pytest ended with status {status}, no report)")
            return tally
        for case in ElementTree.parse(report).iter("testcase"):
            title = f"blackbox {case.get('classname')}.{case.get('name')}"
            if case.find("skipped") is not None:
                tally.skipped += 1
            elif case.find("failure") is not None or case.find("error") is not None:
                tally.fail(title)
            else:
                tally.passed += 1
    if status not in (0, 5) and tally.failed == 0:
        tally.fail(f"blackbox (pytest ended with status {status})")
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=["unit", "engine", "threads", "fuzz", "rules", "blackbox"])
    parser.add_argument("--fuzz-seconds", type=int, default=10)
    arguments = parser.parse_args()
    suites = {"unit": unit, "engine": engine, "threads": threads, "rules": rules, "blackbox": blackbox,
              "fuzz": lambda: fuzz(arguments.fuzz_seconds)}
    total = Tally()
    lines = []
    for part in arguments.parts:
        print(f"--- {part}", flush=True)
        started = time.monotonic()
        tally = suites[part]()
        lines.append(f"{part:9} {tally}  ({time.monotonic() - started:.0f} s)")
        total.add(tally)
    print("\n" + "\n".join(lines))
    for failure in total.failures:
        print(f"FAILED: {failure}")
    print(total, flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
