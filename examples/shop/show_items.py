#!/usr/bin/env python3
"""Queries DynamoDB Local and prints the items as people read them. Plain HTTP: a tour should need no SDK (real DynamoDB wants signed requests).

    show_items.py ENDPOINT TABLE [--index NAME] [--json] KEY_ATTRIBUTE VALUE
"""
import argparse
import json
import os
import sys
import urllib.request

ACCESS_KEY = os.environ.get("AWS_ACCESS_KEY_ID", "itemizelocal")   # the second is what itemize takes where there are none
REGION = os.environ.get("AWS_REGION", "eu-west-1")


def query(endpoint: str, table: str, index: str | None, attribute: str, value: str) -> list[dict]:
    body = {"TableName": table, "KeyConditionExpression": "#k = :v", "ExpressionAttributeNames": {"#k": attribute}, "ExpressionAttributeValues": {":v": {"S": value}}}
    if index:
        body["IndexName"] = index
    request = urllib.request.Request(endpoint, json.dumps(body).encode(), {
        "X-Amz-Target": "DynamoDB_20120810.Query", "Content-Type": "application/x-amz-json-1.0",
        # DynamoDB Local believes any credentials, but keeps a set of tables for each key and region: those of itemize.
        "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20240101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["Items"]


def plain(value: dict) -> str:
    """{"N": "7"} as 7, {"S": "x"} as "x", and the like; a long one is cut."""
    kind, content = next(iter(value.items()))
    text = content if kind == "N" else json.dumps(content, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def show(items: list[dict], keys: list[str]) -> None:
    """Each item as a line with its keys, and a line with the rest."""
    for item in items:
        print("  " + "   ".join(f"{key} {plain(item[key])}" for key in keys if key in item))
        print("      " + "  ".join(f"{name}: {plain(value)}" for name, value in sorted(item.items()) if name not in keys))
    print(f"  ({len(items)} items)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("table")
    parser.add_argument("attribute")
    parser.add_argument("value")
    parser.add_argument("--index")
    parser.add_argument("--json", action="store_true", help="the first item only, as DynamoDB answers it")
    arguments = parser.parse_args()
    items = query(arguments.endpoint, arguments.table, arguments.index, arguments.attribute, arguments.value)
    if arguments.json:
        print("  " + json.dumps(dict(sorted(items[0].items())), ensure_ascii=False))
    else:
        show(items, ["PK", "SK"])
    return 0 if items else 1


if __name__ == "__main__":
    sys.exit(main())
