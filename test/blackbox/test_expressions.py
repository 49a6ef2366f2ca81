"""Expressions: docs/expressions.md is in step, its algorithms are the program's, and random expressions answer as PostgreSQL's."""
import decimal
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import POSTGRES, ROOT

EVALUATE = Path(os.environ.get("ITEMIZE_EXPR_EVAL", ROOT / "build/release/expr_eval"))
DOCUMENT = ROOT / "docs/expressions.md"
pytestmark = pytest.mark.skipif(not EVALUATE.exists(), reason=f"{EVALUATE} is not built (ninja expr_eval)")

sys.path.insert(0, str(ROOT / "test/oracle"))


def evaluate(columns: dict, rows: list, expressions: list) -> list:
    """For each expression the texts of its rows."""
    lines = [{"columns": [{"name": name, "type": kind} for name, kind in columns.items()], "rows": rows}, *({"expression": each} for each in expressions)]
    done = subprocess.run([EVALUATE], input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(expressions), done.stderr
    return [[None if row is None else row.get("text", row) for row in answer["rows"]] for answer in answers]


def reference() -> dict:
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S).group(1)
    names = {}
    exec(code, names)
    return names


def test_the_function_table_is_in_step():
    listed = subprocess.run([EVALUATE, "--functions"], capture_output=True, text=True, check=True).stdout.strip()
    written = re.search(r"<!-- functions -->(.*?)<!-- /functions -->", DOCUMENT.read_text(), re.S).group(1).strip()
    assert written == listed, "put the output of expr_eval --functions between the marks of docs/expressions.md"


def test_the_published_algorithms_are_the_programs():
    r, names = random.Random(11), reference()
    integers = [0, 1, -1, 42, 2**31 - 1, -2**31] + [r.randrange(-2**31, 2**31) for _ in range(200)]
    decimals = [decimal.Decimal(text) for text in ("0.00", "12.50", "-12.5", "0.001", "100", "-0.0001", "99999999999999999999.5")] + [decimal.Decimal(r.randrange(-10**12, 10**12)).scaleb(-r.randrange(0, 15)) for _ in range(200)]
    reals = [0.0, -0.0, 1.5, -1.5, 1e300, -1e-300] + [r.uniform(-1e6, 1e6) for _ in range(200)]
    texts = ["", "customer-1", "é", None] + ["".join(r.choice("abcé#1") for _ in range(r.randrange(9))) for _ in range(200)]
    count = 204
    rows = [[str(i), f"{d:f}", repr(f), t] for i, d, f, t in zip(integers[:count], decimals[:count], reals[:count], texts[:count])]
    answers = evaluate({"i": "int4", "n": "numeric", "f": "float8", "t": "text"}, rows,
                       ["sortable(i)", "descending(i)", "sortable(i::int8)", "sortable(n)", "descending(n)", "sortable(f)", "descending(f)", "shard(t, 10)", "shard(i, 1000)", "row_hash(i, t)"])
    for place, (i, d, f, t) in enumerate(zip(integers[:count], decimals[:count], reals[:count], texts[:count])):
        whole, number, real = names["sortable_integer"](i, 10), names["sortable_decimal"](d), names["sortable_real"](f)
        wanted = [whole, names["descending"](whole), names["sortable_integer"](i, 19), number, names["descending"](number), real, names["descending_real"](real),
                  None if t is None else names["shard"](t, 10), names["shard"](str(i), 1000), names["row_hash"](str(i), t)]
        assert [answer[place] for answer in answers] == wanted, (i, d, f, t)


def test_the_vectors_of_the_document():
    rows = [row for row in re.findall(r"^\| (\S+) \| ([a-z ]+?) \| `(.*?)` \| `(.*?)` \|$", DOCUMENT.read_text(), re.M) if row[0] != "value"]
    assert len(rows) >= 10
    expressions = [f"{function}(('{value}')::{kind})" for value, kind, _, _ in rows for function in ("sortable", "descending")]
    answers = [texts[0] for texts in evaluate({"x": "int4"}, [["1"]], expressions)]
    assert answers == [text for _, _, up, down in rows for text in (up, down)]


@pytest.mark.skipif(not POSTGRES, reason="no PostgreSQL (run under test/engines/with_engines)")
@pytest.mark.parametrize("seed", [101, 102])
def test_random_expressions_answer_as_postgres_does(seed):
    compare_expressions = pytest.importorskip("compare_expressions")
    comparison, differences = compare_expressions.compare(str(EVALUATE), POSTGRES, expressions=1600, row_count=70, seed=seed)
    assert not differences, "\n".join(differences)
    assert comparison.compared > 100_000
