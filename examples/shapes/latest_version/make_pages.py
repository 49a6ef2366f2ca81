#!/usr/bin/env python3
"""Makes a small SQLite database of pages with revisions: make_pages.py FILE. The same rows each time."""
import random
import sqlite3
import sys
from pathlib import Path

AUTHORS = ("ana", "bo", "chidi")


def make(path: Path) -> None:
    path.unlink(missing_ok=True)
    chance = random.Random(5)
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE pages (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE);
            CREATE TABLE revisions (page_id INTEGER NOT NULL REFERENCES pages, number INTEGER NOT NULL, author TEXT NOT NULL, body TEXT NOT NULL,
                                    PRIMARY KEY (page_id, number));""")
        for page in range(1, 41):
            connection.execute("INSERT INTO pages VALUES (?, ?)", (page, f"page-{page}"))
            # More than nine on some pages, so that numbers that sort as text would show; not in order, and with gaps.
            numbers = chance.sample(range(1, 31), chance.randint(1, 14))
            connection.executemany("INSERT INTO revisions VALUES (?, ?, ?, ?)",
                                   [(page, number, chance.choice(AUTHORS), f"page {page} as of {number}") for number in numbers])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]))
