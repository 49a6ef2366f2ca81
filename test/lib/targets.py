"""What a target holds: a DynamoDB table, read with boto3, or the files of an export, checked against their manifest."""
import gzip
import base64
import io
import json
import os
from pathlib import Path
from typing import Iterator


def dynamodb_client(endpoint: str):
    import boto3
    from botocore.config import Config
    return boto3.client("dynamodb", endpoint_url=endpoint, region_name=os.environ.get("AWS_REGION", "eu-west-1"), config=Config(read_timeout=120, retries={"max_attempts": 3}))


class DynamoTarget:
    def __init__(self, endpoint: str):
        self.client = dynamodb_client(endpoint)

    def tables(self) -> list[str]:
        return [name for page in self.client.get_paginator("list_tables").paginate() for name in page["TableNames"]]

    def key(self, table: str) -> list[str]:
        schema = self.client.describe_table(TableName=table)["Table"]["KeySchema"]
        return [part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"])]     # HASH, RANGE

    def items(self, table: str) -> Iterator[dict]:
        for page in self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from page["Items"]


class FilesTarget:
    """Reads exports/<table>/data/* and checks each file against manifest.json: names, counts, sizes, checksums."""

    def __init__(self, folder: str):
        self.folder = Path(folder)
        self.problems: list[str] = []

    def tables(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    def key(self, table: str) -> list[str]:
        return []

    def open(self, path: Path) -> io.TextIOBase:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8", newline="\n")
        if path.suffix == ".zst":
            import zstandard
            return io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(open(path, "rb"), read_across_frames=True), encoding="utf-8", newline="\n")
        return open(path, encoding="utf-8", newline="\n")

    def items(self, table: str) -> Iterator[dict]:
        manifest_path = self.folder / table / "manifest.json"
        if not manifest_path.exists():
            self.problems.append(f"{table}: no manifest.json")
            manifest = {"files": []}
        else:
            manifest = json.loads(manifest_path.read_text())
        listed = {Path(entry["path"]).name: entry for entry in manifest["files"]}
        data = self.folder / table / "data"
        present = {path.name: path for path in data.iterdir()} if data.is_dir() else {}
        for name in sorted(listed.keys() ^ present.keys()):
            self.problems.append(f"{table}: {name} is {'only in the manifest' if name in listed else 'not in the manifest'}")
        for name, path in sorted(present.items()):
            count = 0
            with self.open(path) as lines:
                for line in lines:
                    count += 1
                    yield json.loads(line)["Item"]
            self.check(table, path, count, listed.get(name))

    def check(self, table: str, path: Path, count: int, entry: dict | None) -> None:
        if entry is None:
            return
        for found, expected in ((count, entry.get("items", count)), (path.stat().st_size, entry.get("bytes", path.stat().st_size))):
            if found != expected:
                self.problems.append(f"{table}/{path.name}: {found}, but the manifest says {expected}")
        if entry["checksum"] != crc32c(path.read_bytes()):
            self.problems.append(f"{table}/{path.name}: its CRC-32C is not the manifest's")


def crc32c_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)      # Castagnoli's polynomial, bits reversed (RFC 3720, B.4)
        table.append(byte)
    return table


CRC32C = crc32c_table()


def crc32c(data: bytes) -> str:
    """As S3 writes it: base64 of the four bytes."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC32C[(crc ^ byte) & 0xFF]
    return base64.b64encode((crc ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


def open_target(endpoint: str | None, files: str | None):
    return FilesTarget(files) if files else DynamoTarget(endpoint)
