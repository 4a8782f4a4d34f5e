"""One of the worker's policies in a second process, for each of their kinds: it says what the policy here would say."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import pytest
import torch

from conftest import SIDE, build_params, checkpoint_policy, finished, ignore_progress, observations, update_params
from coso_worker.build_policy import build_policy
from coso_worker.engines import OwnEngine, SeparateEngine
from coso_worker.engines.copies import OwnCopy
from coso_worker.engines.reading_again import values_of
from coso_worker.handlers import Handlers
from coso_worker.images import ImageStore
from coso_worker.policies.policy import Policy, Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array
from coso_worker.step_store import KeptStep
from test_autoui_worker import spec as autoui
from test_convolutional import SPEC as CONVOLUTIONAL
from test_server_overlap import Served
from tiny_checkpoints import write_checkpoint

KINDS = ("embedded", "convolutional", "adapters", "autoui")
LORA = messages.Lora(rank=2, alpha=4.0, dropout=0.0, dropout_in="nothing", targets="language")
ROWS, LONGEST, SLOTS, TEMPERATURE = 6, 12, 4, 0.7
TOLERANCE = 1e-6
"""Nats, between two processes that compute the same."""


@dataclass
class Apart:
    """A policy, its copy in a process, and what it would say itself."""

    policy: Policy
    engine: SeparateEngine
    prompts: list[Prompt]

    def said(self, seed: int = 3, *, is_present: bool = True) -> Sampled:
        return self.engine.begin(self.prompts, sampling(seed), is_present=is_present).result()

    def said_here(self, seed: int | None = 3) -> Sampled:
        return OwnEngine(self.policy, slots=SLOTS).sample(self.prompts, sampling(seed))

    def change(self) -> None:
        """Enough for other words."""
        torch.manual_seed(9)
        with torch.no_grad():
            for parameter in self.policy.learning_parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
        self.engine.policy_changed()


def spec_of(kind: str, folder: Path) -> messages.PolicySpec:
    match kind:
        case "convolutional":
            return CONVOLUTIONAL
        case "adapters":
            return checkpoint_policy(write_checkpoint("llava_next", folder), lora=LORA)
        case "autoui":
            return autoui(folder)
        case _:
            return build_params(folder).policy


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the tests themselves compute: sums in another order round otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def apart(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """One for all tests of a kind: starts are the slow part."""
    spec = spec_of(request.param, tmp_path_factory.mktemp(request.param))
    policy = build_policy(spec, device=torch.device("cpu"), dtype=torch.float32, seed=1)
    engine = SeparateEngine(policy, OwnCopy(policy, spec, slots=SLOTS, dtype="float32"), old_log_probs="recomputed")
    yield Apart(policy, engine, prompts_for(policy))
    engine.close()


def prompts_for(policy: Policy) -> list[Prompt]:
    """Two texts over three images."""
    batch, [frame] = observations(ROWS)
    images = ImageStore().unpack(frame, 3, SIDE, SIDE)
    return policy.encode(batch.prompts, [images[index] for index in batch.image_index or []])


def sampling(seed: int | None) -> Sampling:
    return Sampling(TEMPERATURE, LONGEST, None if seed is None else row_draws(seed, ROWS, LONGEST))


def are_equal(one: Sampled, other: Sampled) -> bool:
    """Tokens exactly, and what they were drawn by."""
    drawn, others = (torch.cat(each.drawn_log_probs or each.log_probs) for each in (one, other))
    return (
        [row_L.tolist() for row_L in one.tokens] == [row_L.tolist() for row_L in other.tokens]
        and one.finished == other.finished
        and torch.allclose(drawn, others, rtol=0, atol=TOLERANCE)
    )


@pytest.mark.parametrize("apart", KINDS, indirect=True)
def test_it_says_what_the_policy_itself_would_say(apart: Apart) -> None:
    heard: list[Sampled] = []

    def hear() -> None:
        said = apart.said()
        assert said.drawn_log_probs is not None
        assert are_equal(said, apart.said_here())
        assert not any(are_equal(said, other) for other in heard)
        heard.append(said)

    hear()
    apart.change()
    hear()
    # What is kept for the KL term is no part of what is handed over.
    apart.policy.keep_reference()
    apart.change()
    hear()
    assert are_equal(apart.said(4), apart.said_here(4))
    likeliest = apart.engine.begin(apart.prompts, sampling(None)).result()
    assert [row_L.tolist() for row_L in likeliest.tokens] == [row_L.tolist() for row_L in apart.said_here(None).tokens]


@pytest.mark.parametrize("apart", KINDS, indirect=True)
def test_the_policy_here_reads_it_again(apart: Apart) -> None:
    said, here = apart.said(), apart.said_here()
    assert torch.allclose(torch.cat(said.log_probs), torch.cat(here.log_probs), atol=1e-5)
    assert torch.allclose(torch.cat(said.entropies), torch.cat(here.entropies), atol=1e-5)
    assert torch.allclose(said.values_N, here.values_N, atol=1e-5)
    assert torch.allclose(values_of(apart.policy, apart.prompts), here.values_N, atol=1e-5)


@pytest.mark.parametrize("apart", ["embedded"], indirect=True)
def test_a_held_policy_stays_until_the_present_one_is_asked_for(apart: Apart) -> None:
    before = apart.said()
    apart.change()
    assert are_equal(apart.said(is_present=False), before)
    assert are_equal(apart.said(4, is_present=False), apart.said(4, is_present=False))
    after = apart.said()
    assert are_equal(after, apart.said_here()) and not are_equal(after, before)
    assert are_equal(apart.said(is_present=False), after)


@pytest.mark.parametrize("apart", ["embedded"], indirect=True)
def test_one_that_was_killed_comes_back_once_with_the_present_weights(apart: Apart) -> None:
    before = apart.said()
    apart.change()
    killed = apart.engine.pid
    assert killed is not None
    started: set[int | None] = set()
    # It says nothing more before it dies.
    os.kill(killed, signal.SIGSTOP)
    sayings = [apart.engine.begin(apart.prompts, sampling(seed), is_present=False) for seed in (3, 4)]
    os.kill(killed, signal.SIGKILL)
    sayings.append(apart.engine.begin(apart.prompts, sampling(5), is_present=False))
    for saying, seed in zip(sayings, (3, 4, 5), strict=True):
        said = saying.result()
        assert are_equal(said, apart.said_here(seed)) and not are_equal(said, before)
        assert apart.engine.pid not in (None, killed)
        started.add(apart.engine.pid)
    assert len(started) == 1


# ── in the worker ────────────────────────────────────────────────────────────────────────────────────────────────────


def act_params(
    step_ids: Sequence[int] | None, *, rows: int, seed: int, policy: Literal["present", "held"] = "present"
) -> tuple[messages.ActParams, list[bytes]]:
    batch, frames = observations(rows)
    params = messages.ActParams(
        observations=batch,
        step_ids=None if step_ids is None else list(step_ids),
        temperature=TEMPERATURE,
        greedy=False,
        max_new_tokens=LONGEST,
        seed=seed,
        policy=policy,
    )
    return params, frames


def act(worker: Handlers, *, rows: int, keep: bool = True, seed: int = 7) -> messages.ActResult:
    params, frames = act_params(range(rows) if keep else None, rows=rows, seed=seed)
    return finished(worker.act(params, frames, ignore_progress))


def kept(worker: Handlers) -> list[KeptStep]:
    return list(worker._steps.all().values())


def joined(worker: Handlers, name: str) -> torch.Tensor:
    return torch.cat([cast(torch.Tensor, getattr(step, name)) for step in kept(worker)])


def test_what_is_read_at_the_update_is_what_would_have_been_read_at_once(tmp_path: Path) -> None:
    rows = 20  # more than fit into one pass
    at_once, later = Handlers(), Handlers()
    at_once.build(build_params(tmp_path / "once", old_log_probs="recomputed"), [], ignore_progress)
    params = build_params(tmp_path / "later")
    params.engine = messages.TransformersEngine(slots=64, own_process=True, cuda_device=None)
    params.old_log_probs = "at-update"
    later.build(params, [], ignore_progress)
    try:
        expected, said = act(at_once, rows=rows), act(later, rows=rows)
        assert said.utterances == expected.utterances
        assert all(value != value for value in float_array(said.values, rows))
        assert joined(later, "entropies_L").isnan().all() and all(step.value != step.value for step in kept(later))
        drawn_T = joined(at_once, "drawn_log_probs_L")
        for name in ("log_probs_L", "drawn_log_probs_L"):
            assert torch.allclose(joined(later, name), drawn_T, rtol=0, atol=TOLERANCE)

        told: list[tuple[int, int]] = []
        read = later.read_again(
            messages.ReadAgainParams(step_ids=list(range(rows)), temperature=TEMPERATURE),
            [],
            lambda done, total, metrics=None: told.append((done, total)),
        )
        assert told == [(16, rows), (rows, rows)]
        for name in ("log_probs_L", "entropies_L", "drawn_log_probs_L"):
            assert torch.allclose(joined(later, name), joined(at_once, name), rtol=0, atol=TOLERANCE)
        values = torch.from_numpy(float_array(expected.values, rows).copy())
        assert torch.allclose(torch.tensor([step.value for step in kept(later)]), values, rtol=0, atol=TOLERANCE)
        assert torch.allclose(torch.from_numpy(float_array(read.values, rows).copy()), values, atol=TOLERANCE)

        # Nobody reads again what is not kept.
        passing = act(later, rows=rows, keep=False, seed=8)
        assert torch.allclose(torch.from_numpy(float_array(passing.values, rows).copy()), values, atol=1e-5)
        before = act(at_once, rows=rows, keep=False, seed=8)
        assert passing.utterances == before.utterances

        # What is said meanwhile, by the policy before, changes nothing of an update.
        served = Served(worker=later)
        update = update_params(rows, micro_batch=2, epochs=2)
        served.post("updatePolicy", update, 1)
        held, frames = act_params(range(100, 100 + rows), rows=rows, seed=8, policy="held")
        served.post("act", held, 2, frames=frames)
        while 2 not in served.answered:
            if not served.has_mail:
                served.post("stats", {}, 3)
            served.answer_next()
        replies = {reply["id"]: reply["result"] for reply in served.replies if reply["kind"] == "result"}
        assert replies[2]["utterances"] == before.utterances
        expected_metrics = at_once.update_policy(update, [], ignore_progress).metrics
        assert replies[1]["metrics"] == pytest.approx(expected_metrics, abs=1e-5)
        assert act(later, rows=rows, keep=False, seed=8).utterances != before.utterances
        assert later.kept_steps == 2 * rows
    finally:
        later.close()
