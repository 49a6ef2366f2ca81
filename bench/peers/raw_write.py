"""Writes as many bytes as a file has, from a piece of it in memory, 1 MiB at a time, and syncs: what the disk alone costs.

    raw_write.py SAMPLE TO BYTES
"""
import os
import sys


def main(sample: str, to: str, size: str) -> None:
    with open(sample, "rb") as file:
        piece = memoryview(file.read(16 << 20))
    left = int(size)
    out = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    at = 0
    while left > 0:
        block = piece[at:at + min(1 << 20, left)]
        left -= os.write(out, block)
        at = (at + len(block)) % len(piece)
    os.fdatasync(out)
    os.close(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
