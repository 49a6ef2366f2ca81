#!/usr/bin/env python3
"""The rules of the house, checked: which room may include which, where a vendor's header may stand, and how files look.

The rooms and what each may use are read from the room() lines of CMakeLists.txt. With --self-test, a deliberately bad tree is
made in a temporary folder, and every rule must find its fault in it.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A vendor's header (by its first path component or name) and the only places in src/ that may include it.
VENDOR_HEADERS = {
    r"simdjson\.h|simdjson/.*": ["base/json"],
    r"openssl/.*": ["base/"],
    r"isa-l\.h|isa-l/.*": ["base/"],
    r"zstd.*\.h": ["base/"],
    r"zlib\.h": ["base/"],
    r"xxhash\.h|xxh3\.h": ["base/"],
    r"sqlite3\.h": ["source/sqlite/", "journal/"],
    r"libpq-fe\.h|libpq/.*|pg_config.*\.h|catalog/.*": ["source/postgres/"],
    r"mysql\.h|errmsg\.h|mysqld_error\.h|mysql/.*|mariadb.*\.h|ma_.*\.h": ["source/mysql/connection", "source/mysql/testing"],
    r"pg_query.*": ["expr/"],
    r"re2/.*": ["expr/"],
    r"rocksdb/.*": ["store/"],
    r"lua.*\.hp?p?|lauxlib\.h|luaconf\.h|lua5\.4/.*": ["transform/script/"],
    r"yaml-cpp/.*": ["model/"],
    r"curl/.*": ["aws/"],
    r"CLI/.*": ["cli/arguments", "cli/main"],
}

MAXIMUM_LINES = 450
MAXIMUM_TEST_LINES = 600                     # a test file may say more
# Files that may be longer, each with its reason.
LONG_FILES = {}

SOURCE_SUFFIXES = {".cpp", ".h"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".py", ".sh", ".md", ".yaml", ".yml", ".json", ".txt", ".cmake", ".conf", ".sql", ""}

# Written with one-letter classes, so that this file does not hold the words itself.
FORBIDDEN_EVERYWHERE = {
    r"/w[o]rk/(?:main|wt|shared|\.)|/tm[p]/w/|/fa[r]m/": "a path of one machine",
    r"py[p]i\.org|pythonhoste[d]\.org|registry\.np[m]js|crate[s]\.io|proxy\.gola[n]g|repo1?\.mave[n]|deb\.debia[n]\.org": "a registry's host",
}
FORBIDDEN_IN_SOURCES = {
    r"\b(?:TOD[O]|FIXM[E]|XX[X])\b": "unfinished work",
    r"#include\s*<iostream>": "<iostream> (use fmt or the cli's printer)",
}
FORBIDDEN_IN_HEADERS = {r"^\s*using namespace (?!std::\w*literals;)": "using namespace in a header"}


def rooms_of(cmake: str) -> dict[str, set[str]]:
    """Room name -> the rooms it may include, itself among them."""
    rooms = {}
    for name, arguments in re.findall(r"^room\((\w+)([^)]*)\)", cmake, re.MULTILINE):
        used = re.search(r"ROOMS\s+(.*?)(?:VENDORS|$)", arguments.strip(), re.DOTALL)
        rooms[name] = {name} | set(used.group(1).split() if used else [])
    return rooms


def check_includes(name: str, text: str, rooms: dict[str, set[str]]) -> list[str]:
    """Faults of one file of src/; `name` is relative to src/."""
    faults = []
    parts = name.split("/")
    room = parts[0] if len(parts) > 1 else "cli"   # main.cpp stands at the cli's door
    if room not in rooms:
        return [f"src/{name}: the folder {room} is no room of CMakeLists.txt"]
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not match:
            continue
        header = match.group(2)
        for pattern, places in VENDOR_HEADERS.items():
            if re.fullmatch(pattern, header) and not any(name.startswith(place) for place in places):
                faults.append(f"src/{name}:{number}: <{header}> may be included only in {', '.join('src/' + p for p in places)}")
        if match.group(1) != '"':
            continue
        target = header.split("/")
        if target[0] not in rooms:
            faults.append(f'src/{name}:{number}: "{header}" is not written from src/ ("room/file.h")')
        elif target[0] not in rooms[room]:
            faults.append(f"src/{name}:{number}: {room} may not know {target[0]} (see room({room} ...) in CMakeLists.txt)")
        elif target[0] == room and len(target) > 2 and len(parts) > 2 and target[1] != parts[1] and "conformance" not in (parts[1], target[1]):
            faults.append(f"src/{name}:{number}: {room}/{parts[1]} may not know its neighbour {room}/{target[1]}")
    return faults


def check_tree(root: Path, files: list[str]) -> list[str]:
    """Every fault of the files (paths relative to root)."""
    rooms = rooms_of((root / "CMakeLists.txt").read_text())
    faults = []
    for file in files:
        path = root / file
        if path.suffix not in TEXT_SUFFIXES or not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        patterns = dict(FORBIDDEN_EVERYWHERE)
        if path.suffix in SOURCE_SUFFIXES:
            patterns |= FORBIDDEN_IN_SOURCES
            if file.startswith("src/"):
                faults += check_includes(file.removeprefix("src/"), text, rooms)
        if path.suffix == ".h":
            patterns |= FORBIDDEN_IN_HEADERS
            if "#pragma once" not in text:
                faults.append(f"{file}: no #pragma once")
        lines = text.count("\n")
        most = MAXIMUM_TEST_LINES if re.search(r"_(db)?test\.cpp$|^test_", path.name) else MAXIMUM_LINES
        if path.suffix in SOURCE_SUFFIXES | {".py", ".sh"} and lines > most and file not in LONG_FILES:
            faults.append(f"{file}: {lines} lines; at most {most}, or a reason in LONG_FILES of test/house_rules.py")
        for number, line in enumerate(text.splitlines(), 1):
            faults += [f"{file}:{number}: {what}: {line.strip()[:100]}" for pattern, what in patterns.items() if re.search(pattern, line)]
    return faults


def self_test() -> int:
    """A tree with one fault of each kind: each must be found, and the good file must not be."""
    bad = {
        "src/row/a.h": '#pragma once\n#include "item/b.h"\n',
        "src/item/b.h": "using namespace std;\nstruct B {};\n",
        "src/source/postgres/c.cpp": '#include "source/sqlite/d.h"\n#include <sqlite3.h>\n',
        "src/source/sqlite/d.h": '#pragma once\n#include <sqlite3.h>\n#include "arena.h"\n',
        "src/base/long.cpp": "int x;\n" * (MAXIMUM_LINES + 1),
        "src/attic/e.cpp": "int y;\n",
        "src/base/f.cpp": "// TO" "DO: finish\n#include <iostream>\nusing namespace std;\n",
        "src/base/good.cpp": '#include "base/good.h"\n#include <zstd.h>\n#include <vector>\n',
        "src/base/good.h": "#pragma once\n",
        "docs/g.md": "see /wor" "k/main/x and py" "pi.org\n",
    }
    expected = ["row may not know item", "src/item/b.h: no #pragma once", "may not know its neighbour", "<sqlite3.h> may be included only in",
                '"arena.h" is not written from src/', "src/base/long.cpp: 451 lines", "the folder attic is no room", "unfinished work", "<iostream>",
                "using namespace in a header", "a path of one machine", "a registry's host"]
    with tempfile.TemporaryDirectory(prefix="itemize-rules-") as folder:
        root = Path(folder)
        (root / "CMakeLists.txt").write_text("room(base ROOMS VENDORS zstd)\nroom(row ROOMS base)\nroom(item ROOMS base)\nroom(source ROOMS row base VENDORS libpq)\n")
        for name, text in bad.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        faults = check_tree(root, list(bad))
    missed = [text for text in expected if not any(text in fault for fault in faults)]
    for text in missed:
        print(f"house rules: self-test: not found: {text}")
    false_alarms = [fault for fault in faults if "good." in fault]
    for fault in false_alarms:
        print(f"house rules: self-test: false alarm: {fault}")
    return 1 if missed or false_alarms else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    if parser.parse_args().self_test:
        return self_test()
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True)
    faults = check_tree(ROOT, listing.stdout.splitlines())
    for fault in faults:
        print(fault)
    print(f"house rules: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
