#!/usr/bin/env python3
"""What an independent driver reads: for each table, the columns id and v of every row, v in its canonical text (lib/texts.py).

    read_values.py URL TABLE...

A line a row: table, id, "text" and the text's bytes in hexadecimal; or "is" and NULL, `not a number`, `infinite` or `invalid`.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lib import texts  # noqa: E402


def main() -> int:
    url, *tables = sys.argv[1:]
    reader = texts.open_reader(url)
    for table in tables:
        for identity, value in reader.rows(table):
            kind, content = ("is", str(value)) if isinstance(value, texts.NoText) else ("text", value.hex())
            print(table, identity, kind, content, sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
