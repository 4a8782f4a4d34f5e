"""An engine in a process of its own with several requests in flight, and when something goes wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from coso_engine import messages
from coso_worker.engines import OwnEngine, SeparateEngine
from coso_worker.engines.copies import VllmCopy
from coso_worker.engines.separate import SeparateSaying, seeing_device
from coso_worker.errors import WorkerError
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from fake_vllm import engine_like
from test_vllm_client import LONGEST, ROWS, Fake, change, is_alive, policy_of, sample
from tiny_checkpoints import write_checkpoint

Start = Callable[[], SeparateEngine]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint("llama", tmp_path_factory.mktemp("llama"))


@pytest.fixture
def policy(checkpoint: Path) -> HuggingFacePolicy:
    return policy_of(checkpoint)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    log, deaths = tmp_path / "log.jsonl", tmp_path / "deaths"
    log.touch()
    deaths.write_text("0 load 1")
    monkeypatch.setenv("COSO_FAKE_LOG", str(log))
    monkeypatch.setenv("COSO_FAKE_DEATHS", str(deaths))
    return Fake(engine_like(tmp_path), log, deaths)


@pytest.fixture
def copy(fake: Fake, policy: HuggingFacePolicy, checkpoint: Path) -> VllmCopy:
    return VllmCopy(policy, fake.spec(), checkpoint=str(checkpoint), dtype="float32")


@pytest.fixture
def start(policy: HuggingFacePolicy, copy: VllmCopy) -> Iterator[Start]:
    engines: list[SeparateEngine] = []

    def started() -> SeparateEngine:
        engines.append(SeparateEngine(policy, copy, old_log_probs="recomputed"))
        return engines[-1]

    yield started
    for engine in engines:
        engine.close()


def begin(engine: SeparateEngine, policy: HuggingFacePolicy, seed: int, *, is_present: bool = True) -> SeparateSaying:
    prompts = policy.encode(["Move."] * ROWS, [None] * ROWS)
    return engine.begin(prompts, Sampling(0.7, LONGEST, row_draws(seed, ROWS, LONGEST)), is_present=is_present)


def is_same(one: Sampled, other: Sampled) -> bool:
    return all(torch.equal(row_L, other_L) for row_L, other_L in zip(one.tokens, other.tokens, strict=True))


# ── several at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_of_several_requests_gets_its_own_answer_in_their_order(
    fake: Fake, start: Start, policy: HuggingFacePolicy
) -> None:
    engine = start()
    alone = [sample(engine, policy, seed=seed) for seed in (3, 4, 5)]
    assert not is_same(alone[0], alone[1])
    first, second, third = [begin(engine, policy, seed) for seed in (3, 4, 5)]
    # Waiting for a later one hands the earlier ones theirs.
    assert third.is_said(60)
    assert first.is_said() and second.is_said()
    said = [third.result(), first.result(), second.result()]
    assert all(is_same(one, other) for one, other in zip(said, [alone[2], alone[0], alone[1]], strict=True))
    draws = [request["draws"] for request in fake.requests() if request["kind"] == "generate"]
    assert draws[:3] == draws[3:]


def test_weights_are_handed_over_between_requests_that_are_in_flight(
    fake: Fake, start: Start, policy: HuggingFacePolicy
) -> None:
    engine = start()
    first = begin(engine, policy, 3)
    change(policy)
    engine.policy_changed()
    held = begin(engine, policy, 4, is_present=False)
    present = begin(engine, policy, 5)
    after = begin(engine, policy, 6, is_present=False)
    for saying in (first, held, present, after):
        saying.result()
    assert fake.kinds() == ["load", *["generate"] * 2, "update", *["generate"] * 2]


def test_a_process_that_dies_with_two_in_flight_is_started_once_and_both_are_repeated(
    fake: Fake, start: Start, policy: HuggingFacePolicy
) -> None:
    engine = start()
    expected = [sample(engine, policy, seed=seed) for seed in (3, 4)]
    fake.deaths.write_text("1 load 1")
    sayings = [begin(engine, policy, seed) for seed in (3, 4)]
    # Nobody has asked for either, and yet neither is waited for in vain.
    assert all(saying.is_said(60) for saying in sayings)
    said = [saying.result() for saying in sayings]
    assert all(is_same(one, other) for one, other in zip(said, expected, strict=True))
    assert fake.kinds() == ["load", *["generate"] * 2, "load", "update", *["generate"] * 2]


def test_one_whose_second_process_dies_too_does_not_take_the_next_one_with_it(
    fake: Fake, start: Start, policy: HuggingFacePolicy
) -> None:
    engine = start()
    expected = sample(engine, policy, seed=4)
    fake.deaths.write_text("2 load 1")
    first, second = [begin(engine, policy, seed) for seed in (3, 4)]
    with pytest.raises(WorkerError, match="it had been started anew once for this rollout"):
        first.result()
    assert is_same(second.result(), expected)
    assert fake.kinds().count("load") == 3


# ── in the middle of handing over ────────────────────────────────────────────────────────────────────────────────────


def test_a_process_that_dies_while_it_takes_weights_is_started_anew(
    fake: Fake, start: Start, policy: HuggingFacePolicy, copy: VllmCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = start()
    expected = sample(engine, policy)
    written = copy.write

    def write(folder: Path, version: int) -> messages.Update | messages.Adapter:
        if version == 1:
            os.kill(engine.pid or 0, 9)
        return written(folder, version)

    monkeypatch.setattr(copy, "write", write)
    engine.policy_changed()
    assert is_same(sample(engine, policy), expected)
    assert fake.kinds() == ["load", "generate", "load", "update", "generate"]


def test_weights_that_cannot_be_written_are_handed_over_next_time_and_the_process_lives(
    fake: Fake, start: Start, policy: HuggingFacePolicy, copy: VllmCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = start()
    sample(engine, policy)
    pid = engine.pid

    def write(folder: Path, version: int) -> messages.Update:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(copy, "write", write)
        engine.policy_changed()
        with pytest.raises(OSError, match="No space left"):
            sample(engine, policy)
    sample(engine, policy)
    assert engine.pid == pid
    assert fake.kinds() == ["load", "generate", "update", "generate"]


def test_an_utterance_in_flight_outlives_weights_that_are_refused_after_it(
    fake: Fake, start: Start, policy: HuggingFacePolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSO_FAKE_REFUSAL", "no room")
    engine = start()
    first = begin(engine, policy, 3)
    engine.policy_changed()
    with pytest.raises(WorkerError, match="no room"):
        begin(engine, policy, 4)
    assert engine.pid is None
    assert first.is_said() and len(first.result().tokens) == ROWS
    assert fake.kinds() == ["load", "generate"]


# ── ended ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_engine_that_was_closed_is_not_started_for_what_was_in_flight(
    fake: Fake, start: Start, policy: HuggingFacePolicy
) -> None:
    engine = start()
    pid = engine.pid
    saying = begin(engine, policy, 3)
    engine.close()
    assert saying.is_said()
    with pytest.raises(WorkerError, match="was ended") as caught:
        saying.result()
    assert caught.value.code == "engine"
    assert engine.pid is None and not is_alive(pid) and fake.kinds().count("load") == 1


def test_nothing_is_held_where_there_is_no_copy(policy: HuggingFacePolicy) -> None:
    prompts = policy.encode(["Move."], [None])
    with pytest.raises(WorkerError, match=r"act\.policy: .*worker\.engine\.ownProcess true") as caught:
        OwnEngine(policy, slots=1).begin(prompts, Sampling(0.7, LONGEST, None), is_present=False)
    assert caught.value.code == "bad-request"


# ── devices ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seen", "device", "expected"),
    [
        (None, None, {}),
        ("3,5", None, {}),
        (None, 1, {"CUDA_VISIBLE_DEVICES": "1"}),
        ("3, 5", 1, {"CUDA_VISIBLE_DEVICES": "5"}),
        ("GPU-8932f937", 0, {"CUDA_VISIBLE_DEVICES": "GPU-8932f937"}),
    ],
)
def test_an_index_counts_among_the_devices_that_the_worker_sees(
    seen: str | None, device: int | None, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if seen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    assert seeing_device(device) == expected


@pytest.mark.parametrize(("seen", "number"), [("3,5", 2), ("", 0)])
def test_a_device_that_the_worker_does_not_see_is_refused(
    seen: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    with pytest.raises(WorkerError, match=rf"worker\.engine\.cudaDevice: expected below {number}, .*got 2") as caught:
        seeing_device(2)
    assert caught.value.code == "engine"


def test_the_process_sees_the_device_that_it_was_given(
    policy: HuggingFacePolicy, copy: VllmCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\necho "devices: $CUDA_VISIBLE_DEVICES"\nexit 3\n')
    shell.chmod(0o755)
    copy.python = str(shell)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    with pytest.raises(WorkerError, match="its last lines: devices: 5"):
        SeparateEngine(policy, copy, old_log_probs="recomputed", cuda_device=1)
