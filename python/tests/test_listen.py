"""A worker that other hosts may reach: who gets in, one at a time, and what is left of whom."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zmq

from coso_worker import connection
from coso_worker.door import Door
from coso_worker.keys import WorkerKeys, read_keys
from coso_worker.lifetime import checked_endpoint
from coso_worker.listen import listen
from coso_worker.protocol.messages import SCHEMA_HASH

HELLO = {"protocol": SCHEMA_HASH, "client": "test"}
BEAT_SECONDS = 0.02
WORKER = tuple(key.decode() for key in zmq.curve_keypair())
CLIENT = tuple(key.decode() for key in zmq.curve_keypair())
STRANGER = tuple(key.decode() for key in zmq.curve_keypair())
KEYS = WorkerKeys(public_key=WORKER[0], secret_key=WORKER[1], allowed_clients=[CLIENT[0]])


class NoHandlers:
    kept_steps = 0

    def close(self) -> None:
        """Holds nothing."""


class Client:
    """A DEALER with keys."""

    def __init__(self, endpoint: str, pair: tuple[str, ...] | None = CLIENT, server_key: str = WORKER[0]) -> None:
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, 5_000)
        if pair is not None:
            self.socket.setsockopt_string(zmq.CURVE_SERVERKEY, server_key)
            self.socket.setsockopt_string(zmq.CURVE_PUBLICKEY, pair[0])
            self.socket.setsockopt_string(zmq.CURVE_SECRETKEY, pair[1])
        self.socket.connect(endpoint)

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer, heartbeats passed over."""
        self.socket.send(msgspec.msgpack.encode({"id": 1, "method": method, "params": params}))
        while True:
            reply: dict[str, Any] = msgspec.msgpack.decode(self.socket.recv())
            if reply["kind"] != "heartbeat":
                return reply

    def enter(self) -> None:
        """Asks until it is let in: that another client has left is heard a moment later."""
        deadline = time.monotonic() + 10
        while self.ask("hello", HELLO)["kind"] == "error":
            assert time.monotonic() < deadline

    def hears_nothing(self) -> bool:
        self.socket.setsockopt(zmq.RCVTIMEO, 300)
        # A socket that was refused has nowhere to send to.
        self.socket.setsockopt(zmq.SNDTIMEO, 300)
        try:
            self.ask("hello", HELLO)
        except zmq.Again:
            return True
        return False

    def leave(self) -> None:
        self.socket.close(linger=0)


class Listening:
    """A worker in a thread."""

    def __init__(self, *, is_once: bool = False) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.endpoint = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.said: list[str] = []
        self.agents = 0
        self.is_once = is_once
        self.is_ready = threading.Event()
        # What has no end of its own ends with the tests.
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        assert self.is_ready.wait(5)

    def client(self, *arguments: Any) -> Client:
        return Client(self.endpoint, *arguments)

    def _listen(self) -> None:
        def factory() -> NoHandlers:
            self.agents += 1
            return NoHandlers()

        def say(line: str) -> None:
            self.said.append(line)
            self.is_ready.set()

        listen(self.endpoint, KEYS, factory, is_once=self.is_once, say=say, heartbeat_seconds=BEAT_SECONDS)


@pytest.fixture
def listening() -> Iterator[Listening]:
    """Ends with the test, by a last client that works to its end."""
    worker = Listening(is_once=True)
    yield worker
    last = worker.client()
    last.enter()
    assert last.ask("shutdown", {})["kind"] == "result"
    worker.thread.join(timeout=5)
    assert not worker.thread.is_alive()
    last.leave()


def test_lets_in_only_whom_its_keys_allow(listening: Listening) -> None:
    strangers = [listening.client(STRANGER), listening.client(None), listening.client(CLIENT, STRANGER[0])]
    assert all(stranger.hears_nothing() for stranger in strangers)
    allowed = listening.client()
    assert allowed.ask("hello", HELLO)["result"]["protocol"] == SCHEMA_HASH
    for client in (*strangers, allowed):
        client.leave()


def test_serves_one_client_at_a_time_and_forgets_it(listening: Listening) -> None:
    first, second = listening.client(), listening.client()
    assert first.ask("hello", HELLO)["kind"] == "result"
    assert second.ask("hello", HELLO)["code"] == "busy"
    assert second.ask("save", {"directory": "x", "parts": "all", "images": None})["code"] == "not-greeted"
    # An agent is made for what only an agent answers.
    assert first.ask("forgetSteps", {"stepIds": None})["code"] == "internal"
    assert listening.agents == 1
    first.leave()
    second.enter()
    assert second.ask("stats", {})["result"]["seconds"] == {}
    assert second.ask("forgetSteps", {"stepIds": None})["code"] == "internal"
    assert listening.agents == 2
    second.leave()


def test_waits_for_the_next_after_a_shutdown_whose_connection_still_stands() -> None:
    worker = Listening()
    first, second = worker.client(), worker.client()
    for client in (first, second):
        assert client.ask("hello", HELLO)["kind"] == "result"
        assert client.ask("shutdown", {})["kind"] == "result"
    ending = ["a client has come", "the client has ended its work"]
    assert worker.said[1:4] == [*ending, ending[0]]
    first.leave()
    second.leave()


def test_gives_up_a_client_whose_host_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PING_MS", 200)
    monkeypatch.setattr(connection, "LOST_AFTER_MS", 1_500)
    impatient = Listening(is_once=True)
    program = (
        "import sys, zmq; s = zmq.Context().socket(zmq.DEALER);"
        "s.curve_serverkey, s.curve_publickey, s.curve_secretkey = (key.encode() for key in sys.argv[2:5]);"
        "s.connect(sys.argv[1]); s.send(bytes.fromhex(sys.argv[5])); s.recv(); print('in', flush=True); s.recv();"
        "import time; time.sleep(60)"
    )
    hello = msgspec.msgpack.encode({"id": 1, "method": "hello", "params": HELLO}).hex()
    command = [sys.executable, "-c", program, impatient.endpoint, WORKER[0], *CLIENT, hello]
    frozen = subprocess.Popen(command, stdout=subprocess.PIPE)
    next_client = impatient.client()
    try:
        assert frozen.stdout is not None and frozen.stdout.readline() == b"in\n"
        assert next_client.ask("hello", HELLO)["code"] == "busy"
        os.kill(frozen.pid, signal.SIGSTOP)
        next_client.enter()
    finally:
        frozen.kill()
        frozen.communicate()
    assert impatient.said[-2:] == ["the client is gone without a word", "a client has come"]
    assert next_client.ask("shutdown", {})["kind"] == "result"
    next_client.leave()


def test_door_reads_nothing_of_a_message_that_is_none() -> None:
    refusal = Door().refusal(b"a", memoryview(b"\xc1 no msgpack"), lambda client: True)
    assert refusal is not None and (refusal.id, refusal.code) == (0, "bad-request")


Break = Callable[[Path], object]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "cannot read .*No such file.*npx coso worker"),
        (lambda path: path.chmod(0o644), "has mode 0644, so that others may open it; run `chmod 600"),
        (lambda path: path.write_text("{}"), "holds no worker's keys: .*publicKey"),
        (lambda path: path.write_text(path.read_text().replace(WORKER[0], "short")), "expected keys of 40 characters"),
    ],
)
def test_refuses_key_files_that_are_none(tmp_path: Path, spoil: Break, message: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(msgspec.json.encode(KEYS))
    assert read_keys(path) == KEYS
    assert WORKER[1] not in repr(KEYS)
    spoil(path)
    with pytest.raises(ValueError, match=f"--keys: .*{message}"):
        read_keys(path)


@pytest.mark.parametrize("endpoint", ["tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://10.0.0.7:5555", "tcp://[::]:5555"])
def test_listens_everywhere_with_keys_alone(endpoint: str) -> None:
    assert checked_endpoint(endpoint, has_keys=True) == endpoint
    with pytest.raises(ValueError, match="npx coso worker --listen tcp://"):
        checked_endpoint(endpoint)


def test_refuses_keys_where_no_other_host_reaches() -> None:
    with pytest.raises(ValueError, match="expected tcp://HOST:PORT beside --keys, got ipc:"):
        checked_endpoint("ipc:///tmp/s", has_keys=True)
