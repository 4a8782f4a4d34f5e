"""The vectors that mocha reads too: both sides accept and reject the same messages."""

import base64
import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from coso_worker.protocol.messages import METHODS, Reply, Request

VECTORS = Path(__file__).parents[2] / "test/protocol/vectors/messages.json"

CASES = json.loads(VECTORS.read_text(encoding="utf-8"))
MESSAGES = sorted({case["message"] for case in CASES})


def decode(message: str, value: Any) -> Any:
    encoded = msgspec.msgpack.encode(with_bytes(value))
    if message == "request":
        return msgspec.msgpack.decode(encoded, type=Request)
    if message == "reply":
        return msgspec.msgpack.decode(encoded, type=Reply)
    method, part = message.split(".")
    return msgspec.msgpack.decode(encoded, type=getattr(METHODS[method], part))


def with_bytes(value: Any) -> Any:
    """JSON with `{"$bytes": base64}` as the bytes that they stand for."""
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return {key: with_bytes(part) for key, part in value.items()}


def mutated(value: Any, mutant: dict[str, Any]) -> Any:
    if not mutant["path"]:
        return mutant["set"]
    result = copy.deepcopy(value)
    *way, last = mutant["path"]
    place = result
    for key in way:
        place = place[key]
    if "set" in mutant:
        place[last] = mutant["set"]
    else:
        del place[last]
    return result


def test_covers_every_method() -> None:
    parts = [f"{method}.{part}" for method in METHODS for part in ("params", "result")]
    assert sorted(["request", "reply", *parts]) == MESSAGES


@pytest.mark.parametrize("message", MESSAGES)
def test_accepts_valid_messages(message: str) -> None:
    for case in CASES:
        if case["message"] == message:
            decode(message, case["value"])


@pytest.mark.parametrize("message", MESSAGES)
def test_rejects_broken_messages(message: str) -> None:
    accepted = []
    for case in CASES:
        if case["message"] != message:
            continue
        for mutant in case["mutants"]:
            try:
                decode(message, mutated(case["value"], mutant))
            except msgspec.ValidationError:
                continue
            accepted.append(mutant)
    assert accepted == []
