"""The side that asks vLLM, against a process that speaks its messages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from conftest import build_params, checkpoint_policy, finished, ignore_progress, observations, update_params
from coso_engine.placeholders import one_placeholder
from coso_worker.engines import SeparateEngine
from coso_worker.engines.copies import VllmCopy
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.images import Image
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.protocol import messages
from fake_vllm import engine_like
from tiny_checkpoints import write_checkpoint

ROWS, LONGEST = 4, 3
LORA = messages.Lora(rank=2, alpha=4.0, dropout=0.0, dropout_in="nothing", targets="language")


@dataclass
class Fake:
    """The process that stands for vLLM, as tests see it."""

    python: str
    log: Path
    deaths: Path

    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def kinds(self) -> list[str]:
        return [request["kind"] for request in self.requests()]

    def spec(self, *, sleep: bool = False) -> messages.VllmEngine:
        return messages.VllmEngine(
            python=self.python, slots=8, memory_share=0.4, cache_gigabytes=None, sleep=sleep, cuda_device=None
        )


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    log, deaths = tmp_path / "log.jsonl", tmp_path / "deaths"
    log.touch()
    deaths.write_text("0 load 1")
    monkeypatch.setenv("COSO_FAKE_LOG", str(log))
    monkeypatch.setenv("COSO_FAKE_DEATHS", str(deaths))
    monkeypatch.setenv("PYTHONPATH", "")
    return Fake(engine_like(tmp_path), log, deaths)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint("llama", tmp_path_factory.mktemp("llama"))


def policy_of(checkpoint: Path, lora: messages.Lora | None = None) -> HuggingFacePolicy:
    spec = checkpoint_policy(checkpoint, lora=lora)
    return HuggingFacePolicy(spec, device=torch.device("cpu"), dtype=torch.float32, seed=0)


@pytest.fixture
def policy(checkpoint: Path) -> HuggingFacePolicy:
    return policy_of(checkpoint)


@pytest.fixture
def started(fake: Fake, checkpoint: Path) -> Iterator[Callable[..., SeparateEngine]]:
    engines: list[SeparateEngine] = []

    def start(policy: HuggingFacePolicy, *, sleep: bool = False) -> SeparateEngine:
        copy = VllmCopy(policy, fake.spec(sleep=sleep), checkpoint=str(checkpoint), dtype="float32")
        engine = SeparateEngine(policy, copy, old_log_probs="recomputed")
        engines.append(engine)
        return engine

    yield start
    for engine in engines:
        engine.close()


def sample(engine: SeparateEngine, policy: HuggingFacePolicy, *, seed: int = 3, temperature: float = 0.7) -> Sampled:
    prompts = policy.encode(["Move."] * ROWS, [None] * ROWS)
    return said(engine, prompts, Sampling(temperature, LONGEST, row_draws(seed, ROWS, LONGEST)))


def said(engine: SeparateEngine, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
    return engine.begin(prompts, sampling).result()


def change(policy: HuggingFacePolicy) -> None:
    with torch.no_grad():
        for parameter in policy.learning_parameters():
            parameter.add_(0.5)


def is_alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_policy_reads_again_what_the_engine_said(
    started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    sampled = sample(started(policy), policy)
    assert [tokens_L.numel() for tokens_L in sampled.tokens] == [3] * ROWS
    assert sampled.finished == [False, True, False, True]
    assert sampled.drawn_log_probs is not None
    assert all(torch.equal(row_L, torch.full((3,), -1.5)) for row_L in sampled.drawn_log_probs)
    prompts = policy.encode(["Move."] * ROWS, [None] * ROWS)
    with torch.no_grad():
        hidden = policy.hidden(prompts, sampled.tokens)
        expected = token_statistics(
            hidden.utterance_TH,
            torch.cat(sampled.tokens),
            policy.logits,
            0.7,
            vocabulary_size=policy.vocabulary_size,
        )
    assert torch.allclose(torch.cat(sampled.log_probs), expected.log_probs_T)
    assert torch.allclose(torch.cat(sampled.entropies), expected.entropies_T)
    assert torch.allclose(sampled.values_N, policy.values(hidden.state_NH))


def test_a_row_depends_on_the_seed_and_its_own_number(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    for seed in (3, 3, 4):
        sample(engine, policy, seed=seed)
    first, again, other = [request["draws"] for request in fake.requests() if request["kind"] == "generate"]
    assert first == again and len(set(first)) == ROWS and not set(first) & set(other)


def test_greedy_utterances_have_no_log_probs_of_the_engine(
    started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    prompts = policy.encode(["Move."], [None])
    assert said(started(policy), prompts, Sampling(0.7, LONGEST, None)).drawn_log_probs is None


def test_weights_are_handed_over_once_before_the_first_sample_after_a_change(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    sample(engine, policy)
    change(policy)
    engine.policy_changed()
    engine.policy_changed()
    sample(engine, policy)
    sample(engine, policy)
    assert fake.kinds() == ["load", "generate", "update", "generate", "generate"]
    update = fake.requests()[2]
    weights = dict(policy.model.named_parameters())
    assert update["names"] == sorted(weights)
    assert update["sum"] == pytest.approx(sum(float(value.detach().double().sum()) for value in weights.values()))


def test_adapters_go_by_themselves_under_a_new_version_each_time(
    fake: Fake, started: Callable[..., SeparateEngine], checkpoint: Path
) -> None:
    policy = policy_of(checkpoint, LORA)
    # The reference's adapters stay at home.
    policy.keep_reference()
    engine = started(policy)
    for _ in range(2):
        change(policy)
        engine.policy_changed()
        sample(engine, policy)
    load, first, _, second, _ = fake.requests()
    assert load["rank"] == 2
    assert [first["version"], second["version"]] == [1, 2]
    learning = policy.learning_parameters()
    assert len(second["names"]) == len(learning) and all("lora_" in name for name in second["names"])
    assert second["sum"] == pytest.approx(sum(float(value.detach().double().sum()) for value in learning), rel=1e-5)


def test_an_engine_that_dies_is_started_anew_with_the_present_weights(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    expected = sample(engine, policy)
    fake.deaths.write_text("1 load 1")
    again = sample(engine, policy)
    assert fake.kinds() == ["load", "generate", "load", "update", "generate"]
    assert all(torch.equal(one, other) for one, other in zip(expected.tokens, again.tokens, strict=True))


def test_an_engine_that_dies_twice_is_an_error_with_its_last_lines(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    fake.deaths.write_text("2 load 1")
    with pytest.raises(
        WorkerError, match=r"by signal 9; its last lines: .*out of luck; it had been started anew once"
    ) as caught:
        sample(engine, policy)
    assert caught.value.code == "engine"
    sample(engine, policy)  # it is started once more for the next request


def test_an_engine_that_is_killed_while_nobody_asks_is_started_anew(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    assert engine.pid is not None
    os.kill(engine.pid, 9)
    sample(engine, policy)
    assert fake.kinds() == ["load", "load", "update", "generate"]


def test_an_engine_that_does_not_start_is_an_error_with_its_last_lines(
    started: Callable[..., SeparateEngine], policy: HuggingFacePolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSO_FAKE_START", "No module named 'vllm'")
    with pytest.raises(WorkerError, match="with exit code 3; its last lines: No module named 'vllm'") as caught:
        started(policy)
    assert caught.value.code == "engine"


def test_an_interpreter_that_is_not_there_is_named(fake: Fake, policy: HuggingFacePolicy, checkpoint: Path) -> None:
    spec = fake.spec()
    spec.python = "/nowhere/python"
    with pytest.raises(WorkerError, match=r"worker\.engine\.python: .*got /nowhere/python"):
        SeparateEngine(
            policy,
            VllmCopy(policy, spec, checkpoint=str(checkpoint), dtype="float32"),
            old_log_probs="recomputed",
        )


def test_what_the_engine_refuses_is_an_error_and_it_lives_on(
    started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    engine = started(policy)
    with pytest.raises(WorkerError, match="13 is not served") as caught:
        sample(engine, policy, temperature=13)
    assert caught.value.code == "bad-request"
    pid = engine.pid
    sample(engine, policy)
    assert engine.pid == pid


def test_one_that_could_not_take_weights_is_not_asked_again(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSO_FAKE_REFUSAL", "no room")
    engine = started(policy)
    engine.policy_changed()
    with pytest.raises(WorkerError, match="no room") as caught:
        sample(engine, policy)
    assert caught.value.code == "out-of-memory" and engine.pid is None
    monkeypatch.delenv("COSO_FAKE_REFUSAL")
    sample(engine, policy)
    assert fake.kinds() == ["load", "load", "update", "generate"]


def test_a_prompt_without_room_for_an_utterance_is_refused(
    started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    prompts = policy.encode(["Move."], [None])
    with pytest.raises(WorkerError, match="room for 1024 tokens of prompt and utterance, got a prompt of"):
        said(started(policy), prompts, Sampling(0.7, 1024, row_draws(0, 1, 1024)))


@pytest.mark.parametrize("sleep", [False, True])
def test_it_sleeps_while_the_policy_learns_where_that_is_wanted(
    sleep: bool, fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy
) -> None:
    started(policy, sleep=sleep).rest()
    assert fake.kinds() == (["load", "sleep"] if sleep else ["load"])


def test_closing_ends_the_process(started: Callable[..., SeparateEngine], policy: HuggingFacePolicy) -> None:
    engine = started(policy)
    pid = engine.pid
    assert is_alive(pid)
    engine.close()
    engine.close()
    assert not is_alive(pid) and engine.pid is None


def test_images_go_as_they_are_behind_one_placeholder_each() -> None:
    assert one_placeholder([1, 9, 9, 9, 2, 9, 3], 9) == [1, 9, 2, 9, 3]


def test_images_of_a_request_are_its_frames(
    fake: Fake, started: Callable[..., SeparateEngine], policy: HuggingFacePolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The policy itself reads text alone: it is shown the prompts without their images.
    monkeypatch.setattr(HuggingFacePolicy, "image_token", 9)
    engine = started(policy)
    [prompt] = policy.encode(["Move."], [None])
    image = Image("key", np.zeros((2, 3, 3), dtype=np.uint8))
    said(engine, [prompt, Prompt(prompt.tokens_P, image)], Sampling(0.7, LONGEST, row_draws(0, 2, LONGEST)))
    # The second one holds what decides the tokens.
    assert fake.requests()[-1]["frames"] == 2


# ── in the worker ────────────────────────────────────────────────────────────────────────────────────────────────────


def built(fake: Fake, checkpoint: Path, tmp_path: Path) -> Handlers:
    params = build_params(tmp_path)
    params.policy, params.engine = checkpoint_policy(checkpoint), fake.spec()
    worker = Handlers()
    worker.build(params, [], ignore_progress)
    return worker


def act(worker: Handlers) -> None:
    batch, _ = observations(ROWS)
    batch.prompts, batch.images, batch.image_index = ["Move."] * ROWS, None, None
    worker.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    finished(
        worker.act(
            messages.ActParams(
                observations=batch,
                step_ids=list(range(ROWS)),
                temperature=0.7,
                greedy=False,
                max_new_tokens=LONGEST,
                seed=1,
                policy="present",
            ),
            [],
            ignore_progress,
        )
    )


def test_each_way_of_changing_the_policy_reaches_the_engine(fake: Fake, checkpoint: Path, tmp_path: Path) -> None:
    worker = built(fake, checkpoint, tmp_path)
    batch, _ = observations(2)
    batch.prompts, batch.images, batch.image_index = ["Move."] * 2, None, None

    def sft() -> None:
        worker.add_demonstrations(
            messages.AddDemonstrationsParams(observations=batch, utterances=["+", "-"]), [], ignore_progress
        )
        worker.fit_sft(
            messages.FitSftParams(steps=1, batch_size=2, micro_batch=2, learning_rate=1e-3, max_grad_norm=1, seed=0),
            [],
            ignore_progress,
        )

    def update() -> None:
        params = update_params(ROWS, learning_rate=1e-3)
        params.action_starts = [None] * ROWS
        params.action_spans.data = np.full(2 * ROWS, -1, dtype=np.int32).tobytes()
        worker.update_policy(params, [], ignore_progress)

    def load() -> None:
        directory = str(tmp_path / "saved")
        worker.save(messages.SaveParams(directory=directory, parts="agent", images=None), [], ignore_progress)
        worker.load(messages.LoadParams(directory=directory, images=None), [], ignore_progress)

    act(worker)
    for changed in (sft, update, load):
        changed()
        act(worker)
    assert fake.kinds() == ["load", "generate", *["update", "generate"] * 3]
    worker.close()


def test_building_again_ends_the_engine_before(fake: Fake, checkpoint: Path, tmp_path: Path) -> None:
    worker = built(fake, checkpoint, tmp_path)
    engine = worker.agent.engine
    assert isinstance(engine, SeparateEngine)
    pid = engine.pid
    worker.build(build_params(tmp_path / "embedded"), [], ignore_progress)
    assert not is_alive(pid)


def test_a_policy_that_vllm_does_not_know_is_refused(fake: Fake, tmp_path: Path) -> None:
    params = build_params(tmp_path)
    params.engine = fake.spec()
    params.policy = messages.ConvolutionalPolicy(
        utterances=["+", "-"],
        image_size=24,
        layers=[messages.Convolution(filters=2, kernel=3, stride=2)],
        hidden_size=4,
    )
    with pytest.raises(WorkerError, match=r"worker\.engine\.kind: .*got 'convolutional'"):
        Handlers().build(params, [], ignore_progress)
    assert fake.kinds() == []


def test_the_engine_ends_when_the_worker_is_killed(fake: Fake) -> None:
    worker = (
        "from coso_worker.engines.engine_process import EngineProcess\n"
        f"print(EngineProcess({fake.python!r}, name='vLLM', environment={{}}).endpoint, flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", worker],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    ) as process:
        assert process.stdout is not None
        socket = Path(process.stdout.readline().decode().strip().removeprefix("ipc://"))
        wait_until(socket.exists)
        process.kill()
    # What an engine does last, by itself.
    wait_until(lambda: not socket.parent.exists())


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
