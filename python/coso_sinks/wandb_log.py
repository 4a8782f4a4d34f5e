"""
Reads W&B's transaction logs, `run-ID.wandb`: what has reached the disk of an offline run. The format is LevelDB's log
(blocks of 32 KiB; records with checksum, length and type) behind a header of seven bytes; wandb brings no reader.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from wandb.proto.wandb_internal_pb2 import Record

BLOCK_BYTES = 32_768
HEADER = b":W&B" + (0xBEE1).to_bytes(2, "little") + b"\0"
RECORD_HEADER_BYTES = 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def last_step(directory: Path, run_id: str) -> int:
    """The largest step of the history in all of a run's logs below `directory`; 0 where there is none."""
    logs = directory.glob(f"*run-*-{run_id}/run-{run_id}.wandb")
    steps = (record.history.step.num for log in logs for record in records(log) if record.HasField("history"))
    return max(steps, default=0)


def records(log: Path) -> Iterator[Record]:
    """All records up to the first that is incomplete, as a process that was killed leaves it."""
    for payload in _payloads(log.read_bytes()):
        record = Record()
        record.ParseFromString(payload)
        yield record


def _payloads(content: bytes) -> Iterator[bytes]:
    if content[: len(HEADER)] != HEADER:
        return
    place = len(HEADER)
    parts: list[bytes] = []
    while True:
        left_in_block = BLOCK_BYTES - place % BLOCK_BYTES
        if left_in_block < RECORD_HEADER_BYTES:
            place += left_in_block
        start = place + RECORD_HEADER_BYTES
        checksum = int.from_bytes(content[place : place + 4], "little")
        length = int.from_bytes(content[place + 4 : place + 6], "little")
        body = content[start : start + length]
        kind = content[start - 1 : start]
        if len(body) < length or kind == b"" or zlib.crc32(kind + body) != checksum:
            return
        place = start + length
        parts = [body] if kind[0] in (FULL, FIRST) else [*parts, body]
        if kind[0] in (FULL, LAST):
            yield b"".join(parts)
