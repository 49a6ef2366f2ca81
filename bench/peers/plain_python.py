"""What a person would write in an afternoon: psycopg, boto3's TypeSerializer, gzip. Prints its own CPU seconds, start-up left out.

    plain_python.py URL TABLE ROWS FILE LEVEL
"""
import base64
import datetime
import decimal
import gzip
import json
import sys
import time
import uuid

import psycopg
from boto3.dynamodb.types import Binary, TypeSerializer
from psycopg.types.json import set_json_loads


def plain(value):
    """A value of psycopg's as one that TypeSerializer takes."""
    if isinstance(value, float):
        return decimal.Decimal(repr(value))
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


def written(value):
    if isinstance(value, Binary):
        return base64.b64encode(value.value).decode()
    raise TypeError(type(value))


def main(url: str, table: str, rows: str, path: str, level: str) -> None:
    start = time.process_time()
    set_json_loads(lambda data: json.loads(data, parse_float=decimal.Decimal))
    serializer = TypeSerializer()
    with psycopg.connect(url) as connection, gzip.open(path, "wt", compresslevel=int(level), encoding="utf-8") as out:
        with connection.cursor(name="reader") as cursor:
            cursor.itersize = 5000
            cursor.execute(f"SELECT * FROM {table} LIMIT {int(rows)}")
            names = [column.name for column in cursor.description]
            for row in cursor:
                item = {name: serializer.serialize(plain(value)) for name, value in zip(names, row) if value is not None}
                item["PK"] = {"S": f"ROW#{row[0]}"}
                out.write(json.dumps({"Item": item}, default=written, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(time.process_time() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
