"""Standard input: msgpack `[[message, bytes], …]`. Standard output: each decoded into its class and encoded again."""

import sys

import msgspec

from coso_worker.protocol.messages import METHODS, Reply, Request


def class_of(message: str) -> object:
    """Of `request`, `reply` or `act.params`."""
    if message in ("request", "reply"):
        return Request if message == "request" else Reply
    method, part = message.split(".")
    return getattr(METHODS[method], part)


sent = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[tuple[str, bytes]])
returned = [msgspec.msgpack.encode(msgspec.msgpack.decode(value, type=class_of(message))) for message, value in sent]
sys.stdout.buffer.write(msgspec.msgpack.encode(returned))
