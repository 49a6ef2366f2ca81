#!/usr/bin/env python3
"""Queries DynamoDB Local for one partition and prints its items. Plain HTTP: a tour should need no SDK (real DynamoDB wants signed requests).

    show_items.py ENDPOINT TABLE KEY_ATTRIBUTE VALUE
"""
import json
import sys
import urllib.request


def query(endpoint: str, table: str, attribute: str, value: str) -> list[dict]:
    body = {"TableName": table, "KeyConditionExpression": "#k = :v", "ExpressionAttributeNames": {"#k": attribute}, "ExpressionAttributeValues": {":v": {"S": value}}}
    request = urllib.request.Request(endpoint, json.dumps(body).encode(), {
        "X-Amz-Target": "DynamoDB_20120810.Query", "Content-Type": "application/x-amz-json-1.0",
        # DynamoDB Local wants to see credentials, and believes any.
        "Authorization": "AWS4-HMAC-SHA256 Credential=itemizetest/20240101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["Items"]


def main() -> int:
    items = query(*sys.argv[1:5])
    for item in items:
        print("  " + json.dumps(item, ensure_ascii=False))
    print(f"  {len(items)} items")
    return 0 if items else 1


if __name__ == "__main__":
    sys.exit(main())
