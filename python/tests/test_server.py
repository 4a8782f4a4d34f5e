"""The server against a bare client: errors by name, heartbeats during computation, progress, endpoints."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import zmq

from coso_worker.error_reply import is_out_of_memory
from coso_worker.errors import WorkerError
from coso_worker.lifetime import checked_endpoint, remove_socket
from coso_worker.protocol.arrays import float_tensor
from coso_worker.protocol.messages import (
    SCHEMA_HASH,
    ActParams,
    ActResult,
    ForgetStepsParams,
    ForgetStepsResult,
    HelloResult,
    StatsResult,
)
from coso_worker.protocol.progress import Progress
from coso_worker.server import serve
from coso_worker.unfinished import Unfinished

Behaviour = Callable[[ForgetStepsParams, Sequence[memoryview], Progress], Any]
Acting = Callable[[ActParams, Progress], Any]


class TwoMethods:
    """Handlers whose `forget_steps` and `act` do what the test says."""

    def __init__(self) -> None:
        self.kept_steps = 3
        self.is_closed = False
        self.behaviour: Behaviour = lambda params, frames, progress: ForgetStepsResult(kept=len(params.step_ids or []))
        self.acting: Acting = lambda params, progress: acted()

    def forget_steps(self, params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> Any:
        return self.behaviour(params, frames, progress)

    def act(self, params: ActParams, frames: Sequence[memoryview], progress: Progress) -> Any:
        return self.acting(params, progress)

    def close(self) -> None:
        self.is_closed = True


def act_params(policy: str) -> dict[str, Any]:
    return {
        "observations": {"prompts": ["Move."], "images": None, "imageIndex": None},
        "stepIds": None,
        "temperature": 1.0,
        "greedy": False,
        "maxNewTokens": 1,
        "seed": 0,
        "policy": policy,
    }


def acted() -> ActResult:
    number = float_tensor(np.zeros(1))
    return ActResult(utterances=["+"], token_counts=[1], finished=[True], log_probs=number, values=number)


class Client:
    """A DEALER that reads one reply at a time."""

    def __init__(self, endpoint: str, handlers: TwoMethods) -> None:
        self.handlers = handlers
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, 5_000)
        self.socket.connect(endpoint)

    def send(self, method: str, params: dict[str, Any], frames: Sequence[bytes] = (), request_id: int = 1) -> None:
        header = msgspec.msgpack.encode({"id": request_id, "method": method, "params": params})
        self.socket.send_multipart([header, *frames])

    def receive(self, *, heartbeats: bool = False) -> dict[str, Any]:
        while True:
            reply: dict[str, Any] = msgspec.msgpack.decode(self.socket.recv())
            if heartbeats or reply["kind"] != "heartbeat":
                return reply

    def ask(self, method: str, params: dict[str, Any], frames: Sequence[bytes] = ()) -> dict[str, Any]:
        self.send(method, params, frames)
        return self.receive()

    def failure(self, error: Exception) -> dict[str, Any]:
        """The reply to a method that raises `error`."""

        def fail(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> None:
            raise error

        self.handlers.behaviour = fail
        return self.ask("forgetSteps", {"stepIds": None})


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    endpoint = f"ipc://{tmp_path}/s"
    handlers = TwoMethods()
    server = threading.Thread(target=serve, args=(endpoint, lambda: handlers, 0.02))
    server.start()
    client = Client(endpoint, handlers)
    yield client
    assert client.ask("shutdown", {})["result"] == {}
    server.join(timeout=5)
    assert not server.is_alive()
    client.socket.close()


def test_greets_with_its_protocol(client: Client) -> None:
    reply = client.ask("hello", {"protocol": SCHEMA_HASH, "client": "test"})
    hello = msgspec.convert(reply["result"], HelloResult)
    assert hello.protocol == SCHEMA_HASH
    assert {"python", "torch", "msgspec", "pyzmq"} <= hello.versions.keys()


def test_refuses_another_protocol_with_both_hashes(client: Client) -> None:
    reply = client.ask("hello", {"protocol": "other", "client": "test"})
    assert reply["code"] == "protocol"
    assert "other" in reply["message"] and SCHEMA_HASH in reply["message"] and "npm run protocol" in reply["message"]


def test_hands_frames_over_without_copying(client: Client) -> None:
    seen: list[bytes] = []

    def look(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> ForgetStepsResult:
        assert all(isinstance(frame, memoryview) for frame in frames)
        seen.extend(bytes(frame) for frame in frames)
        return ForgetStepsResult(kept=0)

    client.handlers.behaviour = look
    frames = [b"pixels" * 1_000, b"", b"more"]
    assert client.ask("forgetSteps", {"stepIds": [1]}, frames) == {"kind": "result", "id": 1, "result": {"kept": 0}}
    assert seen == frames


@pytest.mark.parametrize(
    ("error", "code", "message", "has_traceback"),
    [
        (WorkerError("unknown-step", "no step 5"), "unknown-step", "no step 5", False),
        (MemoryError(), "out-of-memory", "MemoryError", True),
        (ImportError("No module named 'x'"), "missing-package", "No module named 'x'. Run `npm run setup`", True),
        (ValueError("a defect"), "internal", "ValueError: a defect", True),
    ],
)
def test_names_what_went_wrong(client: Client, error: Exception, code: str, message: str, has_traceback: bool) -> None:
    reply = client.failure(error)
    assert reply["kind"] == "error" and reply["id"] == 1
    assert reply["code"] == code
    assert reply["message"].startswith(message)
    assert ("Traceback" in reply["traceback"]) == has_traceback


def test_names_the_field_of_params_that_break_the_schema(client: Client) -> None:
    reply = client.ask("forgetSteps", {"stepIds": [1, -1]})
    assert reply["code"] == "bad-request"
    assert "$.stepIds[1]" in reply["message"]
    assert client.ask("dance", {})["message"].startswith("no method 'dance'; there are hello, shareFolder, build, ")


def test_answers_what_it_cannot_read_with_id_0(client: Client) -> None:
    client.socket.send_multipart([b"\xc1 no msgpack"])
    reply = client.receive()
    assert (reply["kind"], reply["id"], reply["code"]) == ("error", 0, "bad-request")


def test_takes_a_result_of_the_wrong_class_for_a_defect(client: Client) -> None:
    client.handlers.behaviour = lambda params, frames, progress: None
    assert client.ask("forgetSteps", {"stepIds": None})["message"].endswith("expected ForgetStepsResult")


def test_beats_while_the_main_thread_computes(client: Client) -> None:
    def compute(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> ForgetStepsResult:
        started = time.monotonic()
        while time.monotonic() - started < 0.4:
            sum(range(10_000))
        return ForgetStepsResult(kept=0)

    client.handlers.behaviour = compute
    client.send("forgetSteps", {"stepIds": None})
    heartbeats = 0
    while client.receive(heartbeats=True)["kind"] == "heartbeat":
        heartbeats += 1
    assert heartbeats >= 3


def test_holds_progress_back_but_never_the_last(client: Client) -> None:
    def count(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> ForgetStepsResult:
        for step in range(1_000):
            progress(step + 1, 1_000, {"loss": 0.5})
        return ForgetStepsResult(kept=0)

    client.handlers.behaviour = count
    replies = [client.ask("forgetSteps", {"stepIds": None})]
    while replies[-1]["kind"] == "progress":
        replies.append(client.receive())
    *progress, result = replies
    assert result["kind"] == "result"
    assert [progress[0]["done"], progress[-1]["done"]] == [1, 1_000]
    assert len(progress) < 100


def test_answers_for_a_held_policy_in_the_middle_of_a_long_request(client: Client) -> None:
    may_end, is_said = threading.Event(), threading.Event()

    def learn(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> ForgetStepsResult:
        while not may_end.wait(0.005):
            progress(1, 2)
        return ForgetStepsResult(kept=0)

    def speak(params: ActParams, progress: Progress) -> ActResult | Unfinished[ActResult]:
        return Unfinished(is_said.wait, acted) if params.policy == "held" else acted()

    def receive() -> dict[str, Any]:
        while (reply := client.receive())["kind"] == "progress":
            pass
        return reply

    client.handlers.behaviour, client.handlers.acting = learn, speak
    client.send("forgetSteps", {"stepIds": None}, request_id=1)
    client.send("act", act_params("present"), request_id=2)
    client.send("act", act_params("held"), request_id=3)
    client.send("stats", {}, request_id=4)
    client.send("act", act_params("held"), request_id=5)
    is_said.set()
    assert [receive()["id"] for _ in range(2)] == [3, 5]
    may_end.set()
    assert [receive()["id"] for _ in range(3)] == [1, 2, 4]


def test_counts_seconds_by_method(client: Client) -> None:
    client.ask("forgetSteps", {"stepIds": None})
    stats = msgspec.convert(client.ask("stats", {})["result"], StatsResult)
    assert stats.kept_steps == 3
    assert list(stats.seconds) == ["forgetSteps"]
    assert 10_000_000 < stats.peak_memory_bytes < 10**12
    assert 10_000_000 < stats.peak_memory_by_method["forgetSteps"] <= stats.peak_memory_bytes


def test_knows_memory_errors_without_torch() -> None:
    out_of_memory = type("OutOfMemoryError", (RuntimeError,), {})
    assert is_out_of_memory(out_of_memory("CUDA out of memory"))
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


@pytest.mark.parametrize("endpoint", ["ipc:///tmp/a/worker.sock", "tcp://127.0.0.1:5555", "tcp://[::1]:5555"])
def test_listens_where_only_this_machine_reaches(endpoint: str) -> None:
    assert checked_endpoint(endpoint) == endpoint


@pytest.mark.parametrize("endpoint", ["tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://10.0.0.7:5555", "udp://x", "x"])
def test_refuses_to_listen_elsewhere(endpoint: str) -> None:
    with pytest.raises(ValueError, match="--endpoint: expected"):
        checked_endpoint(endpoint)


def test_removes_a_socket_and_the_folder_made_for_it(tmp_path: Path) -> None:
    own, other = tmp_path / "coso-1-x", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "s").touch()
        remove_socket(f"ipc://{folder}/s")
    assert not own.exists()
    assert other.exists() and not list(other.iterdir())
