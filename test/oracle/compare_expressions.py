#!/usr/bin/env python3
"""Compares the program's answers to random expressions with PostgreSQL's: value, NULL, error, and type.

    test/engines/with_engines --postgres python3 test/oracle/compare_expressions.py build/debug/expr_eval --expressions 1000 --rows 30 --seed 1

A difference is made as small as it goes, and printed with its row. Texts compare under the C collation; case maps as in C.UTF-8.
Differences by contract (docs/expressions.md) are the templates' own forms of times and intervals; they are checked against PostgreSQL's
values in ISO form.
"""
import argparse
import json
import os
import random
import re
import struct
import subprocess
import sys
import time

import psycopg

from generator import ALL, COLUMNS, Generator, Tree, random_rows
from grammar import RULES

DATABASE = "itemize_oracle"
ANSWERS = """
CREATE FUNCTION answers(expression text, OUT kind text, OUT refused text, OUT texts text[], OUT errors text[]) LANGUAGE plpgsql AS $$
DECLARE one text;
BEGIN
  BEGIN
    EXECUTE 'SELECT pg_typeof(CASE WHEN rn < 0 THEN (' || expression || ') END)::text FROM rows WHERE rn = 0' INTO kind;
  EXCEPTION WHEN OTHERS THEN
    IF SQLSTATE LIKE '42%' AND SQLSTATE <> '42846' THEN refused := SQLSTATE || ' ' || SQLERRM; RETURN; END IF;
  END;
  BEGIN
    EXECUTE 'SELECT array_agg((' || expression || ')::text ORDER BY rn) FROM rows' INTO texts;
    RETURN;
  EXCEPTION WHEN OTHERS THEN
    IF SQLSTATE LIKE '42%' THEN refused := SQLSTATE || ' ' || SQLERRM; RETURN; END IF;
  END;
  texts := '{}'; errors := '{}';
  FOR row_number IN 0..(SELECT max(rn) FROM rows) LOOP
    BEGIN
      EXECUTE 'SELECT (' || expression || ')::text FROM rows WHERE rn = ' || row_number INTO one;
      texts[row_number + 1] := one; errors[row_number + 1] := NULL;
    EXCEPTION WHEN OTHERS THEN
      texts[row_number + 1] := NULL; errors[row_number + 1] := SQLSTATE || ' ' || SQLERRM;
    END;
  END LOOP;
END $$
"""
# The sentences that say what this program does not do, on purpose: no difference, but counted.
LIMITS = ("an infinite time has no age", "power() of numeric takes a finite base", "the power is too large", "the value is longer than 4 MB", "the result is too long", "the width is too large", "the length asked for is too large")


# Texts become times and intervals only in the forms that docs/expressions.md lists; PostgreSQL takes many more.
UNSUPPORTED = re.compile(r"does not take|there is no|not supported|cannot take|could mean|needs|cannot cast|has no place|not known|no field")
FORMS = re.compile(r"is not a valid (interval|date|time|timestamp)")


def same_float(a: str, b: str, kind: str) -> bool:
    """Of two shortest texts of one float PostgreSQL's may have a digit more, where the shorter lies exactly between two floats."""
    code = "f" if kind == "real" else "d"
    try:
        return struct.pack(code, float(a)) == struct.pack(code, float(b))
    except OverflowError:
        return False


NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?")


def same_json(a: str, b: str) -> bool:
    """The same of a float4 within a document."""
    return NUMBER.sub("#", a) == NUMBER.sub("#", b) and all(same_float(x, y, "real") for x, y in zip(NUMBER.findall(a), NUMBER.findall(b)) if x != y)


class Postgres:
    def __init__(self, url: str, rows: list):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
        self.connection = psycopg.connect(url, dbname=DATABASE, autocommit=True)
        self.connection.execute("SET timezone = 'UTC'; SET intervalstyle = 'postgres'; SET datestyle = 'ISO, MDY'; SET statement_timeout = '20s'; SET max_parallel_workers_per_gather = 0; SET jit = off")
        names = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.connection.execute(f"CREATE TABLE rows (rn int PRIMARY KEY, {names})")
        with self.connection.cursor() as cursor:
            marks = ", ".join("%s::" + kind for kind in COLUMNS.values())
            cursor.executemany(f"INSERT INTO rows VALUES (%s, {marks})", [[number, *row] for number, row in enumerate(rows)])
        self.connection.execute("ANALYZE rows")
        self.connection.execute(ANSWERS)

    def ask(self, expression: str):
        return self.connection.execute("SELECT * FROM answers(%s)", [expression]).fetchone()


class Program:
    def __init__(self, path: str, rows: list):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.send({"columns": [{"name": name, "type": kind} for name, kind in COLUMNS.items()], "rows": rows})

    def send(self, document: dict):
        self.process.stdin.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, expression: str) -> dict:
        self.send({"expression": expression})
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"expr_eval ended with status {self.process.wait()} at: {expression}")
        return json.loads(line)


def iso(text: str, kind: str) -> str:
    """PostgreSQL's text of a value as templates write it; None where that is not derived from the text."""
    if kind in ("timestamp without time zone", "timestamp with time zone"):
        if text.endswith("BC") or text.startswith("-") or "infinity" in text or len(text.split("-")[0]) != 4:
            return None
        moment, zone = text.removesuffix("+00"), "Z" if kind.endswith("with time zone") else ""
        return moment.replace(" ", "T")
    if kind == "date" and (text.endswith("BC") or "infinity" in text or len(text.split("-")[0]) != 4):
        return None
    if kind in ("interval", "time with time zone", "time without time zone", "character", "real", "double precision", "numeric") or kind.endswith("[]"):
        return None
    return text


class Comparison:
    def __init__(self, postgres: Postgres, program: Program, rows: list):
        self.postgres, self.program, self.rows = postgres, program, rows
        self.compared = self.refused = self.limits = self.errors = self.nulls = 0

    def difference(self, expression: str, count: bool = False):
        """None, or a sentence."""
        try:
            kind, refused, texts, errors = self.postgres.ask(expression)
        except psycopg.errors.QueryCanceled:   # a text of gigabytes
            self.limits += count
            return None
        ours = self.program.ask(expression)
        if refused is not None or "refused" in ours:
            if count:
                self.refused += 1
            if refused is None:
                # A constant that is wrong is refused before a row is read; PostgreSQL says so for every row.
                # (For some rows only, where it stands in a branch that is not always taken.)
                if errors or not UNSUPPORTED.search(ours["refused"]):
                    return None
                return f"we refuse it: {ours['refused']} (PostgreSQL: {kind})"
            # We do not tell varchar from text, and take a bare literal for one.
            wider = "character varying[]" in (refused or "") or "could not determine polymorphic type" in (refused or "")
            return None if "refused" in ours or wider else f"PostgreSQL refuses it: {refused}, we do not"
        if kind is not None and kind.replace("character varying", "text") != ours["type"]:
            return f"type {ours['type']} instead of {kind}"
        for number, row in enumerate(ours["rows"]):
            error = errors[number] if errors else None
            text = texts[number]
            if row is not None and "error" in row and row["error"].startswith(LIMITS):
                self.limits += count
                continue
            if count:
                self.compared += 1
                self.errors += error is not None
                self.nulls += error is None and text is None
            if error is not None:
                if row is None or "error" not in row:
                    return f"row {number}: PostgreSQL fails ({error}), we say {row}"
            elif row is not None and "error" in row and FORMS.search(row["error"]):
                self.limits += count
            elif text is None:
                if row is not None:
                    return f"row {number}: PostgreSQL says NULL, we say {row}"
            elif row is not None and ours["type"] in ("real", "double precision") and "text" in row and same_float(row["text"], text, ours["type"]):
                pass
            elif row is not None and ours["type"] in ("json", "jsonb") and "text" in row and same_json(row["text"], text):
                pass
            elif row is None or row.get("text") != text:
                return f"row {number}: PostgreSQL says {text!r}, we say {row}"
            elif "template" in row:
                wanted = iso(text, ours["type"])
                written = row["template"]
                if "timestamp" in ours["type"] and wanted is not None:   # fixed width: more zeros than PostgreSQL writes
                    plain = written.removesuffix("Z")
                    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
                    if plain != wanted or written.endswith("Z") != ours["type"].endswith("with time zone"):
                        return f"row {number}: the template writes {written!r} of {text!r}"
                elif wanted is not None and wanted != written:
                    return f"row {number}: the template writes {written!r} instead of {wanted!r}"
        return None

    def shrink(self, tree: Tree) -> Tree:
        """The smallest expression found that still differs."""
        smaller = True
        while smaller:
            smaller = False
            for candidate in sorted(simpler(tree), key=lambda each: len(str(each)))[:200]:
                if len(str(candidate)) < len(str(tree)) and self.difference(str(candidate)) is not None:
                    tree, smaller = candidate, True
                    break
        return tree


def simpler(tree: Tree):
    """Expressions one step simpler: a part instead of the whole, or a column instead of a part."""
    from generator import COLUMNS_BY_TYPE
    for child in tree.children():
        yield child
    for index, part in enumerate(tree.parts):
        if isinstance(part, Tree):
            options = list(simpler(part)) + [Tree(part.type, [column]) for column in COLUMNS_BY_TYPE[part.type]] + [Tree(part.type, ["NULL::" + part.type])]
            for option in options:
                if option.type == part.type:
                    yield Tree(tree.type, tree.parts[:index] + [option] + tree.parts[index + 1:])


def compare(program_path: str, url: str, expressions: int, row_count: int, seed: int, only: str = "", stop_after: int = 10, depth: int = 3) -> tuple:
    """(comparisons, differences as sentences)."""
    r = random.Random(seed)
    rows = random_rows(r, row_count)
    comparison = Comparison(Postgres(url, rows), Program(program_path, rows), rows)
    generator = Generator(r, RULES)
    found, seen = [], set()
    started = time.monotonic()
    for number in range(expressions):
        tree = generator.make(only or r.choice(ALL), r.randrange(1, depth + 1))
        what = comparison.difference(str(tree), count=True)
        if what is None:
            continue
        small = comparison.shrink(tree)
        if str(small) in seen:
            continue
        seen.add(str(small))
        found.append(f"expression {number}: {small}\n    {comparison.difference(str(small))}")
        print(found[-1], flush=True)
        if len(found) >= stop_after:
            break
    print(f"{number + 1} expressions, {comparison.compared} comparisons ({comparison.errors} errors, {comparison.nulls} NULLs), {comparison.refused} refused, {comparison.limits} beyond our limits, "
          f"{len(found)} differences, {time.monotonic() - started:.0f} s, seed {seed}")
    return comparison, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--expressions", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--type", default="", help="only expressions of this type")
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--stop-after", type=int, default=10)
    arguments = parser.parse_args()
    url = os.environ.get("ITEMIZE_TEST_POSTGRES")
    if not url:
        print("no PostgreSQL: run within test/engines/with_engines --postgres")
        return 2
    _, found = compare(arguments.program, url, arguments.expressions, arguments.rows, arguments.seed, arguments.type, arguments.stop_after, arguments.depth)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
