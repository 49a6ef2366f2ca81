#!/usr/bin/env python3
"""Compares a source with what was made of it, field by field, without any of the program's code (boto3, psycopg, sqlite3).

    check_target.py --source URL --design starter --endpoint http://127.0.0.1:8000
    check_target.py --source URL --design shop --files exports/

Designs: `starter` (what `itemize init` writes: one table a table, keys from the primary key; so for TPC-C and pgbench) and `shop`
(examples/shop/itemize.yaml). Rows that DynamoDB cannot hold must be absent. Exit status: 0 all equal, 1 something differs.
"""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lib.compare import compare  # noqa: E402
from lib.designs import DESIGNS  # noqa: E402
from lib.sources import open_source  # noqa: E402
from lib.targets import open_target  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", required=True, metavar="URL")
    parser.add_argument("--design", choices=sorted(DESIGNS), default="starter")
    parser.add_argument("--endpoint", metavar="URL")
    parser.add_argument("--files", metavar="DIR")
    parser.add_argument("--prefix", default="", help="before the name of every DynamoDB table")
    parser.add_argument("--only", nargs="*", help="source tables to compare (default: all)")
    parser.add_argument("--refused", type=int, default=0, metavar="N", help="so many rows are expected to be refused")
    arguments = parser.parse_args()
    if bool(arguments.endpoint) == bool(arguments.files):
        parser.error("say either --endpoint or --files")
    source = open_source(arguments.source)
    item_types = DESIGNS[arguments.design](source.tables())
    if arguments.only:
        item_types = [item_type for item_type in item_types if item_type.source_table in arguments.only]
    report = compare(source, open_target(arguments.endpoint, arguments.files), item_types, arguments.prefix)
    if report.refused != arguments.refused:
        report.problems.append(f"{report.refused} rows cannot be items, {arguments.refused} were expected")
    print("\n".join(report.lines()))
    return 0 if report.same() else 1


if __name__ == "__main__":
    sys.exit(main())
