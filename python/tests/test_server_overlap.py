"""The server while something outside its process is waited for: what may overtake what, and who is answered when."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from coso_worker import usage
from coso_worker.connection import Incoming
from coso_worker.errors import WorkerError
from coso_worker.protocol.messages import ActParams, ActResult, ForgetStepsParams, ForgetStepsResult, Request
from coso_worker.protocol.progress import Progress
from coso_worker.server import Perform, Server, WireHandlers, perform_here
from coso_worker.unfinished import Unfinished
from test_server import TwoMethods, act_params, acted

LARGE = 120_000_000


class Served:
    """A server, its mail, and what it has answered."""

    def __init__(self, perform: Perform = perform_here, worker: WireHandlers | None = None) -> None:
        self.handlers = TwoMethods()
        self.letters: deque[Incoming | None] = deque()
        self.replies: list[dict[str, Any]] = []
        self.server = Server(lambda: self.handlers if worker is None else worker, self._send, perform, self)

    @property
    def has_mail(self) -> bool:
        return len(self.letters) > 0

    def receive(self) -> Incoming | None:
        return self.letters.popleft()

    def post(
        self, method: str, params: object, request_id: int, client: bytes = b"one", frames: Sequence[bytes] = ()
    ) -> None:
        header = msgspec.msgpack.encode({"id": request_id, "method": method, "params": params})
        self.letters.append(Incoming(client, memoryview(header), [memoryview(frame) for frame in frames]))

    def post_act(self, request_id: int, policy: str = "present") -> None:
        self.post("act", act_params(policy), request_id)

    def post_forget(self, request_id: int) -> None:
        self.post("forgetSteps", {"stepIds": None}, request_id)

    def answer_next(self) -> bool:
        return self.server.answer_next(self)

    @property
    def answered(self) -> list[int]:
        return [reply["id"] for reply in self.replies if reply["kind"] != "progress"]

    def in_the_middle(self, happens: Callable[[Progress], None]) -> None:
        """What the first `forgetSteps` does before it ends."""
        started = False

        def forget(params: ForgetStepsParams, frames: Sequence[memoryview], progress: Progress) -> ForgetStepsResult:
            nonlocal started
            if not started:
                started = True
                happens(progress)
            return ForgetStepsResult(kept=0)

        self.handlers.behaviour = forget

    def _send(self, client: bytes, reply: bytes) -> None:
        self.replies.append(msgspec.msgpack.decode(reply))


class Speech:
    """An utterance in the making, which a test ends."""

    def __init__(self, ends_with: Callable[[], ActResult] = acted) -> None:
        self.is_said = False
        self.looks = 0
        self._ends_with = ends_with

    def begin(self, params: ActParams, progress: Progress) -> Unfinished[ActResult]:
        return Unfinished(self._is_there, self._ends_with)

    def _is_there(self, wait_seconds: float) -> bool:
        self.looks += 1
        return self.is_said


def test_others_are_answered_while_something_is_in_the_making() -> None:
    served, speech = Served(), Speech()
    served.handlers.acting = speech.begin
    served.post_act(1)
    served.post_forget(2)
    assert served.answer_next() and served.answer_next()
    assert served.answered == [2]
    speech.is_said = True
    served.post_forget(3)
    served.answer_next()
    assert served.answered == [2, 3, 1]
    assert served.replies[-1]["result"]["utterances"] == ["+"]


def test_it_is_answered_by_itself_once_it_is_there() -> None:
    served = Served()
    looks: list[float] = []

    def is_there(wait_seconds: float) -> bool:
        looks.append(wait_seconds)
        if len(looks) < 4:
            return False
        served.post_forget(2)
        return True

    served.handlers.acting = lambda params, progress: Unfinished(is_there, acted)
    served.post_act(1)
    served.answer_next()
    assert served.answered == []
    served.answer_next()
    assert served.answered == [1, 2]
    # Nothing is waited for right after a request; then some time, each time.
    assert looks[0] == 0 and all(wait > 0 for wait in looks[1:])


def test_what_is_waited_for_is_answered_in_its_order() -> None:
    served, first, second = Served(), Speech(), Speech()
    speeches = deque([first, second])
    served.handlers.acting = lambda params, progress: speeches.popleft().begin(params, progress)
    served.post_act(1)
    served.post_act(2)
    served.answer_next()
    second.is_said = True
    served.answer_next()
    assert served.answered == []
    first.is_said = True
    served.post_forget(3)
    served.answer_next()
    assert served.answered == [3, 1, 2]


def test_a_held_policy_speaks_in_the_middle_and_all_others_keep_their_order() -> None:
    served, speech = Served(), Speech()
    begun: list[str] = []

    def act(params: ActParams, progress: Progress) -> Any:
        begun.append(params.policy)
        return speech.begin(params, progress) if params.policy == "held" else acted()

    def learn(progress: Progress) -> None:
        served.post_act(2)
        served.post_forget(3)
        served.post_act(4, "held")
        served.letters.append(Incoming(b"one", memoryview(b"\xc1"), []))
        progress(1, 3)
        assert begun == ["held"] and served.answered == []
        speech.is_said = True
        progress(2, 3)
        assert served.answered == [4]
        progress(3, 3)

    served.handlers.acting = act
    served.in_the_middle(learn)
    served.post_forget(1)
    for _ in range(4):
        served.answer_next()
    # What cannot be read has its turn as well.
    assert served.answered == [4, 1, 2, 3, 0]
    assert begun == ["held", "present"]


def test_present_utterances_that_were_begun_before_are_answered_in_the_middle() -> None:
    served, speech = Served(), Speech()
    served.handlers.acting = speech.begin

    def weigh(progress: Progress) -> None:
        speech.is_said = True
        progress(1, 1)
        assert served.answered == [1]

    served.in_the_middle(weigh)
    served.post_act(1)
    served.post_forget(2)
    served.answer_next()
    served.answer_next()
    assert served.answered == [1, 2]


def test_with_other_ranks_nothing_overtakes() -> None:
    served = Served(lambda request, frames, work: work())
    served.handlers.acting = lambda params, progress: acted()

    def learn(progress: Progress) -> None:
        served.post_act(2, "held")
        progress(1, 1)
        assert served.answered == [] and served.has_mail

    served.in_the_middle(learn)
    served.post_forget(1)
    served.answer_next()
    served.answer_next()
    assert served.answered == [1, 2]


@pytest.mark.parametrize(
    ("error", "code"), [(WorkerError("engine", "it died twice"), "engine"), (ValueError("a defect"), "internal")]
)
def test_what_goes_wrong_at_the_end_is_told_of_the_request_that_asked(error: Exception, code: str) -> None:
    def fail() -> ActResult:
        raise error

    served, speech = Served(), Speech(fail)
    served.handlers.acting = speech.begin
    served.post_act(7)
    served.post_forget(8)
    served.answer_next()
    speech.is_said = True
    served.answer_next()
    assert served.answered == [8, 7]
    assert served.replies[-1]["kind"] == "error" and served.replies[-1]["code"] == code
    served.post_forget(9)
    assert served.answer_next() and served.answered == [8, 7, 9]


def test_a_result_of_the_wrong_class_at_the_end_is_a_defect() -> None:
    served = Served()
    wrong: Any = lambda: ForgetStepsResult(kept=0)  # noqa: E731
    served.handlers.acting = lambda params, progress: Unfinished(lambda wait_seconds: True, wrong)
    served.post_act(1)
    served.answer_next()
    assert served.replies[-1]["message"].endswith("act returned ForgetStepsResult, expected ActResult")


def test_one_that_cannot_be_begun_in_the_middle_spares_the_request_it_overtook() -> None:
    served = Served()

    def refuse(params: ActParams, progress: Progress) -> ActResult:
        raise WorkerError("bad-request", "no room")

    def learn(progress: Progress) -> None:
        served.post_act(2, "held")
        progress(1, 1)

    served.handlers.acting = refuse
    served.in_the_middle(learn)
    served.post_forget(1)
    served.answer_next()
    assert [(reply["id"], reply["kind"]) for reply in served.replies if reply["kind"] != "progress"] == [
        (2, "error"),
        (1, "result"),
    ]


def test_a_client_that_is_gone_is_not_waited_for() -> None:
    served, speech = Served(), Speech()
    served.handlers.acting = speech.begin
    served.post_act(1)
    served.answer_next()
    served.letters.append(None)
    assert not served.answer_next()
    looks = speech.looks
    served.post_forget(2)
    assert served.answer_next()
    assert served.answered == [2] and speech.looks == looks


def test_a_client_that_goes_in_the_middle_leaves_nothing_to_do_and_the_next_one_is_not_mixed_with_it() -> None:
    served, speech = Served(), Speech()
    served.handlers.acting = speech.begin

    def learn(progress: Progress) -> None:
        served.post_act(2, "held")
        served.post_forget(3)
        progress(1, 3)
        served.letters.append(None)
        served.post("act", act_params("held"), 1, b"two")
        progress(2, 3)
        speech.is_said = True
        progress(3, 3)

    served.in_the_middle(learn)
    served.post_forget(1)
    assert served.answer_next()
    assert not served.answer_next()
    assert served.answered == [1]
    [letter] = served.letters
    assert letter is not None and letter.client == b"two"


def test_progress_of_what_overtook_lets_nothing_overtake_it() -> None:
    served = Served()

    def act(params: ActParams, progress: Progress) -> ActResult:
        progress(1, 1)
        return acted()

    def learn(progress: Progress) -> None:
        served.post_act(2, "held")
        served.post_act(3, "held")
        progress(1, 1)

    served.handlers.acting = act
    served.in_the_middle(learn)
    served.post_forget(1)
    served.answer_next()
    assert served.answered == [2, 3, 1]


def test_nothing_follows_the_answer_to_shutdown() -> None:
    served = Served()
    served.handlers.acting = lambda params, progress: Unfinished(lambda wait_seconds: served.server.is_shut_down, acted)
    served.post_act(1)
    served.post("shutdown", {}, 2)
    served.answer_next()
    served.answer_next()
    assert served.answered == [2]


def test_seconds_and_memory_until_the_end_are_counted() -> None:
    def read() -> ActResult:
        block = bytearray(LARGE)
        del block
        return acted()

    served = Served()
    served.handlers.acting = lambda params, progress: Unfinished(is_there, read)

    def is_there(wait_seconds: float) -> bool:
        time.sleep(0.02)
        return True

    served.post_act(1)
    served.post_forget(2)
    served.post("stats", {}, 3)
    for _ in range(3):
        served.answer_next()
    stats = served.replies[-1]["result"]
    assert stats["seconds"]["act"] >= 0.02
    if usage.CLEAR_REFS.exists():
        peaks = stats["peakMemoryByMethod"]
        assert peaks["act"] > peaks["forgetSteps"] + LARGE / 2


def test_what_is_performed_elsewhere_may_be_unfinished_too() -> None:
    performed: list[str] = []

    def perform(request: Request, frames: Sequence[memoryview], work: Callable[[], Any]) -> Any:
        performed.append(request.method)
        return work()

    served, speech = Served(perform), Speech()
    speech.is_said = True
    served.handlers.acting = speech.begin
    served.post_act(1)
    served.answer_next()
    assert performed == ["act"] and served.answered == [1]
