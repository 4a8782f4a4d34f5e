"""ai2thor 2.1.0's HTTP as Unity speaks it: one connection, kept open, and multipart bodies."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

_BOUNDARY = "scripted-unity"


class Server:
    """The Python side. Unity never connects twice: a connection that is closed is the end of it."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._socket = socket.create_connection((host, port))
        self._token = token

    def post(self, metadata: Mapping[str, Any], images: Mapping[str, bytes]) -> dict[str, Any]:
        """Hands an event over; the answer is the next action. Raises ConnectionError when the connection is closed."""
        fields = {"metadata": json.dumps(metadata).encode(), "token": self._token.encode()}
        parts = [_part(name, "", "text/plain; charset=utf-8", data) for name, data in fields.items()]
        parts += [_part(name, f'; filename="{name}.raw"', "image/raw", data) for name, data in images.items()]
        body = b"".join(parts) + f"\r\n--{_BOUNDARY}--\r\n".encode()
        head = (
            f"POST /train HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
            f'Content-Type: multipart/form-data; boundary="{_BOUNDARY}"\r\n\r\n'
        )
        self._socket.sendall(head.encode() + body)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        head, _, rest = self._until(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        if " 200 " not in lines[0]:
            raise ConnectionError(f"the server answered {lines[0]}")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length"))
        while len(rest) < length:
            rest += self._received()
        answer: dict[str, Any] = json.loads(rest)
        return answer

    def _until(self, mark: bytes) -> tuple[bytes, bytes, bytes]:
        read = b""
        while mark not in read:
            read += self._received()
        return read.partition(mark)

    def _received(self) -> bytes:
        received = self._socket.recv(65_536)
        if received == b"":
            raise ConnectionError("SocketException: The socket has been shut down")
        return received


def _part(name: str, more: str, kind: str, data: bytes) -> bytes:
    head = f'\r\n--{_BOUNDARY}\r\nContent-Type: {kind}\r\nContent-disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + data
