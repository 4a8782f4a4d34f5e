"""The thread that owns the socket: requests in, replies out, and a heartbeat while the main thread computes."""

import math
import queue
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import zmq

from coso_worker.protocol.messages import HeartbeatReply

FLUSH_MS = 1_000
"""How long the last replies may take to leave when the connection closes."""


class Incoming(NamedTuple):
    """One message of a client: its identity, the encoded `Request`, and the raw frames, all without copying."""

    client: bytes
    header: memoryview
    frames: list[memoryview]


class Connection:
    """
    A ROUTER socket in a thread of its own. `receive` and `send` are for one other thread.

    Every client that has sent something gets a heartbeat each `heartbeat_seconds` until it is gone.

    Raises zmq.ZMQError when the endpoint cannot be bound.
    """

    def __init__(self, endpoint: str, heartbeat_seconds: float = 1.0) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._router = self._context.socket(zmq.ROUTER)
        # Without a limit a send never waits for a client that has stopped reading; MANDATORY tells of one that is gone.
        self._router.setsockopt(zmq.SNDHWM, 0)
        self._router.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._router.setsockopt(zmq.LINGER, FLUSH_MS)
        self._router.bind(endpoint)
        # A ZeroMQ socket belongs to one thread, so replies reach the router through this pair.
        self._outbox = self._context.socket(zmq.PAIR)
        self._outbox.bind("inproc://replies")
        self._replies = self._context.socket(zmq.PAIR)
        self._replies.connect("inproc://replies")
        self._incoming: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self._heartbeat_seconds = heartbeat_seconds
        self._thread = threading.Thread(target=self._run, name="connection", daemon=True)
        self._thread.start()

    def receive(self) -> Incoming:
        """Waits for the next message."""
        return self._incoming.get()

    def send(self, client: bytes, reply: bytes) -> None:
        """Queues one encoded `Reply`."""
        self._outbox.send_multipart([client, reply])

    def close(self) -> None:
        """Sends what is queued, then ends the thread and unbinds."""
        self._outbox.send(b"")
        self._thread.join()
        self._outbox.close()
        self._context.term()

    def _run(self) -> None:
        heartbeat = msgspec.msgpack.encode(HeartbeatReply())
        clients: set[bytes] = set()
        poller = zmq.Poller()
        poller.register(self._router, zmq.POLLIN)
        poller.register(self._replies, zmq.POLLIN)
        due = time.monotonic()
        while True:
            ready = dict(poller.poll(max(0, math.ceil((due - time.monotonic()) * 1_000))))
            if self._router in ready:
                identity, *parts = self._router.recv_multipart(copy=False)
                clients.add(identity.bytes)
                header, *frames = [part.buffer for part in parts] or [memoryview(b"")]
                self._incoming.put(Incoming(identity.bytes, header, frames))
            if self._replies in ready:
                client, *reply = self._replies.recv_multipart()
                if not reply:
                    break
                self._route(client, reply, clients)
            if time.monotonic() >= due:
                due = time.monotonic() + self._heartbeat_seconds
                for client in tuple(clients):
                    self._route(client, [heartbeat], clients)
        self._replies.close()
        self._router.close()

    def _route(self, client: bytes, reply: Sequence[bytes], clients: set[bytes]) -> None:
        try:
            self._router.send_multipart([client, *reply])
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
            clients.discard(client)
