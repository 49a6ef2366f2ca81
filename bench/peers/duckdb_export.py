"""DuckDB's PostgreSQL extension writing the same DynamoDB JSON, as its SQL can. Prints its version, and the seconds from
ATTACH to the end of COPY.

    duckdb_export.py libpq-URL TABLE FILE none|gzip THREADS

Each attribute is a struct with its type's name; numbers and times become text. (A jsonb value stays text here, where itemize writes a
document: SQL over columns of fixed type cannot do better, and it is the lighter work.)
"""
import importlib.metadata
import sys
import time
from pathlib import Path

import duckdb

NUMBERS = ("BIGINT", "INTEGER", "SMALLINT", "DOUBLE", "DECIMAL")


def extension_file() -> str:
    """The file that the package duckdb_extension_postgres_scanner brings."""
    for file in importlib.metadata.files("duckdb_extension_postgres_scanner"):
        if file.name == "postgres_scanner.duckdb_extension":
            return str(Path(file.locate()).resolve())
    raise SystemExit("the package brings no postgres_scanner.duckdb_extension")


def attribute(name: str, kind: str) -> str:
    if kind == "BOOLEAN":
        value = f'{{"BOOL": "{name}"}}'
    elif kind.startswith(NUMBERS):
        value = f'{{"N": "{name}"::VARCHAR}}'
    elif kind.startswith("TIMESTAMP WITH TIME ZONE"):
        value = f'{{"S": strftime("{name}" AT TIME ZONE \'UTC\', \'%Y-%m-%dT%H:%M:%S.%fZ\')}}'
    elif kind.startswith("TIMESTAMP"):
        value = f'{{"S": strftime("{name}", \'%Y-%m-%dT%H:%M:%S.%g\')}}'
    else:
        value = f'{{"S": "{name}"::VARCHAR}}'
    value = value.replace('{"', "{'", 1).replace('":', "':", 1)
    return f"'{name}': CASE WHEN \"{name}\" IS NOT NULL THEN {value} END"


def main(url: str, table: str, path: str, compression: str, threads: str) -> None:
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": int(threads)})
    connection.execute(f"LOAD '{extension_file()}'")
    connection.execute("SET preserve_insertion_order = false")
    start = time.perf_counter()
    connection.execute(f"ATTACH '{url}' AS source (TYPE postgres, READ_ONLY)")
    columns = connection.execute(f"DESCRIBE source.public.{table}").fetchall()
    attributes = ", ".join(attribute(name, kind) for name, kind, *_ in columns)
    key = f"'PK': {{'S': 'ROW#' || \"{columns[0][0]}\"}}"
    query = f"SELECT {{{key}, {attributes}}} AS \"Item\" FROM source.public.{table}"
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT json, COMPRESSION {'gzip' if compression == 'gzip' else 'uncompressed'})")
    print(duckdb.__version__, time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
