"""The thread that owns the socket: requests in, replies out, and a heartbeat while the main thread computes."""

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import zmq

from coso_worker.door import Door
from coso_worker.keys import WorkerKeys, lock
from coso_worker.protocol.messages import HeartbeatReply

FLUSH_MS = 1_000
"""How long the last replies may take to leave when the connection closes."""

PING_MS = 5_000
LOST_AFTER_MS = 30_000
"""How often ZeroMQ asks whether another host is still there, and how long it waits for a sign before it is gone: a
host that loses power or its network says no goodbye."""


HEARTBEAT = msgspec.msgpack.encode(HeartbeatReply())


class Incoming(NamedTuple):
    """One message of a client: its identity, the encoded `Request`, and the raw frames, all without copying."""

    client: bytes
    header: memoryview
    frames: list[memoryview]


class Connection:
    """
    A ROUTER socket in a thread of its own. `receive` and `send` are for one other thread.

    Every client that has sent something gets a heartbeat each `heartbeat_seconds` until it is gone. With `keys` only
    those that they allow get as far as that, and with a `door` only the one that it has let in.

    Raises zmq.ZMQError when the endpoint cannot be bound.
    """

    def __init__(
        self,
        endpoint: str,
        heartbeat_seconds: float = 1.0,
        *,
        keys: WorkerKeys | None = None,
        door: Door | None = None,
    ) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._router = self._context.socket(zmq.ROUTER)
        # Without a limit a send never waits for a client that has stopped reading; MANDATORY tells of one that is gone.
        self._router.setsockopt(zmq.SNDHWM, 0)
        self._router.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._router.setsockopt(zmq.LINGER, FLUSH_MS)
        self._unlock: Callable[[], None] | None = None
        if keys is not None:
            self._unlock = lock(self._context, self._router, keys)
            self._router.setsockopt(zmq.HEARTBEAT_IVL, PING_MS)
            self._router.setsockopt(zmq.HEARTBEAT_TIMEOUT, LOST_AFTER_MS)
        self._router.setsockopt(zmq.IPV6, "[" in endpoint)
        try:
            self._router.bind(endpoint)
        except zmq.ZMQError:
            self._router.close(linger=0)
            if self._unlock is not None:
                self._unlock()
            raise
        # A ZeroMQ socket belongs to one thread, so replies reach the router through this pair.
        self._outbox = self._context.socket(zmq.PAIR)
        self._outbox.bind("inproc://replies")
        self._replies = self._context.socket(zmq.PAIR)
        self._replies.connect("inproc://replies")
        self._incoming: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self._clients: set[bytes] = set()
        self._door = door
        self._heartbeat_seconds = heartbeat_seconds
        self._thread = threading.Thread(target=self._run, name="connection", daemon=True)
        self._thread.start()

    def receive(self) -> Incoming | None:
        """Waits for the next message. None, only with a door: the client that it had let in is gone."""
        return self._incoming.get()

    @property
    def has_mail(self) -> bool:
        """Whether `receive` returns at once."""
        return not self._incoming.empty()

    def send(self, client: bytes, reply: bytes) -> None:
        """Queues one encoded `Reply`."""
        self._outbox.send_multipart([client, reply])

    def dismiss(self, client: bytes) -> None:
        """Has the door let the next one in; what is queued for `client` reaches it all the same."""
        self._outbox.send_multipart([client])

    def close(self) -> None:
        """Sends what is queued, then ends the thread and unbinds."""
        self._outbox.send(b"")
        self._thread.join()
        self._outbox.close()
        if self._unlock is not None:
            self._unlock()
        self._context.term()

    def _run(self) -> None:
        poller = zmq.Poller()
        poller.register(self._router, zmq.POLLIN)
        poller.register(self._replies, zmq.POLLIN)
        due = time.monotonic()
        while True:
            ready = dict(poller.poll(max(0, math.ceil((due - time.monotonic()) * 1_000))))
            if self._router in ready:
                identity, *parts = self._router.recv_multipart(copy=False)
                header, *frames = [part.buffer for part in parts] or [memoryview(b"")]
                self._arrive(Incoming(identity.bytes, header, frames))
            if self._replies in ready:
                client, *reply = self._replies.recv_multipart()
                if reply:
                    self._route(client, reply)
                elif client:
                    self._let_go(client)
                else:
                    break
            if time.monotonic() >= due:
                due = time.monotonic() + self._heartbeat_seconds
                for client in tuple(self._clients):
                    self._beat(client)
        self._replies.close()
        self._router.close()

    def _arrive(self, incoming: Incoming) -> None:
        if self._door is not None:
            refusal = self._door.refusal(incoming.client, incoming.header, self._beat)
            if refusal is not None:
                self._route(incoming.client, [msgspec.msgpack.encode(refusal)])
                return
        self._clients.add(incoming.client)
        self._incoming.put(incoming)

    def _let_go(self, client: bytes) -> bool:
        """Whether `client` was the one that the door had let in."""
        self._clients.discard(client)
        return self._door is not None and self._door.leave(client)

    def _beat(self, client: bytes) -> bool:
        return self._route(client, [HEARTBEAT])

    def _route(self, client: bytes, reply: Sequence[bytes]) -> bool:
        """Whether the client is still there."""
        try:
            self._router.send_multipart([client, *reply])
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
            if self._let_go(client):
                # What it still wanted, nobody waits for.
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._incoming.get_nowait()
                self._incoming.put(None)
            return False
        return True
