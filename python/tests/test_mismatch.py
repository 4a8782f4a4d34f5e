"""Where tokens were drawn by other log-probs than the learner's: measured, weighed, refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import build_params, finished, ignore_progress, observations, update_params
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.losses.importance import truncated_importance
from coso_worker.losses.ppo import PpoTerms, ppo_loss
from coso_worker.protocol import messages

ROWS = 6
GAP = 0.3


def acted(directory: Path, *, recomputed: bool, temperature: float = 0.7) -> Handlers:
    handlers = Handlers()
    how = build_params(directory, old_log_probs="recomputed" if recomputed else "sampled")
    handlers.build(how, [], ignore_progress)
    batch, frames = observations(ROWS)
    act = messages.ActParams(
        observations=batch,
        step_ids=list(range(ROWS)),
        temperature=temperature,
        greedy=False,
        max_new_tokens=10,
        seed=3,
        policy="present",
    )
    handlers.act(act, frames, ignore_progress)
    return handlers


def drawn_otherwise(handlers: Handlers, gap: float = GAP) -> None:
    """As if an engine had drawn each token by a log-prob that is lower by `gap`."""
    for step in handlers._steps.steps(list(range(ROWS))):
        step.drawn_log_probs_L = step.log_probs_L - gap


def update(
    handlers: Handlers, *, truncation: float | None = None, largest_mean: float | None = None
) -> dict[str, float]:
    params = update_params(ROWS, truncation=truncation, largest_mean=largest_mean)
    return handlers.update_policy(params, [], ignore_progress).metrics


def weights(handlers: Handlers) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in handlers.agent.policy.learning_parameters()])


def test_recomputed_log_probs_are_those_of_a_training_pass(tmp_path: Path) -> None:
    sampled, recomputed = acted(tmp_path / "a", recomputed=False), acted(tmp_path / "b", recomputed=True)
    for before, after in zip(
        sampled._steps.steps(list(range(ROWS))), recomputed._steps.steps(list(range(ROWS))), strict=True
    ):
        assert torch.equal(before.tokens_L, after.tokens_L)
        assert torch.equal(before.log_probs_L, after.drawn_log_probs_L)
        for name in ("log_probs_L", "entropies_L"):
            assert getattr(after, name).tolist() == pytest.approx(getattr(before, name).tolist(), abs=1e-5)
        assert after.value == pytest.approx(before.value, abs=1e-5)
    ids = list(range(ROWS))
    [*scored] = recomputed.score(
        messages.ScoreParams(step_ids=ids, images=None, temperature=0.7), [], ignore_progress
    ).steps
    for step, kept in zip(scored, recomputed._steps.steps(ids), strict=True):
        assert np.frombuffer(step.log_probs.data, np.float32).tolist() == pytest.approx(
            kept.log_probs_L.tolist(), abs=1e-6
        )


def test_an_evaluation_is_not_recomputed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = acted(tmp_path, recomputed=True)
    monkeypatch.setattr(handlers.agent.policy, "hidden", None)
    batch, frames = observations(2)
    evaluation = messages.ActParams(
        observations=batch,
        step_ids=None,
        temperature=0.7,
        greedy=True,
        max_new_tokens=4,
        seed=1,
        policy="present",
    )
    assert len(finished(handlers.act(evaluation, frames, ignore_progress)).utterances) == 2


def test_the_gap_is_measured(tmp_path: Path) -> None:
    handlers = acted(tmp_path, recomputed=False)
    longest = max(step.tokens_L.numel() for step in handlers._steps.steps(list(range(ROWS))))
    assert update(handlers)["mismatch/mean"] < 1e-5
    handlers = acted(tmp_path, recomputed=False)
    drawn_otherwise(handlers)
    metrics = update(handlers)
    assert metrics["mismatch/mean"] == pytest.approx(GAP, abs=1e-4)
    assert metrics["mismatch/p95"] == pytest.approx(GAP, abs=1e-4)
    assert metrics["mismatch/utterance_max"] == pytest.approx(GAP * longest, rel=1e-3)


def test_too_large_a_gap_is_refused_before_anything_is_learned(tmp_path: Path) -> None:
    handlers = acted(tmp_path, recomputed=False)
    drawn_otherwise(handlers)
    before = weights(handlers)
    with pytest.raises(WorkerError, match=r"mismatch\.maxMean 0\.2") as refused:
        update(handlers, largest_mean=0.2)
    assert refused.value.code == "mismatch"
    assert torch.equal(weights(handlers), before)
    assert update(handlers, largest_mean=0.4)["mismatch/mean"] < 0.4


def test_importance_weights_scale_what_is_learned(tmp_path: Path) -> None:
    """λ is 0.5 and actions begin late, so that each step has a weight of its own; a cut at 1 leaves none above."""
    metrics = {}
    learned = {}
    for truncation in (None, 1.0, 100.0):
        handlers = acted(tmp_path, recomputed=False)
        drawn_otherwise(handlers)
        before = weights(handlers)
        metrics[truncation] = update(handlers, truncation=truncation)
        learned[truncation] = weights(handlers) - before
    assert "mismatch/importance" not in metrics[None]
    assert metrics[1.0]["mismatch/importance"] == 1 and metrics[1.0]["mismatch/truncated"] == 1
    assert torch.equal(learned[1.0], learned[None])
    assert metrics[100.0]["mismatch/importance"] > 1 and metrics[100.0]["mismatch/truncated"] == 0
    assert not torch.allclose(learned[100.0], learned[None])


def test_truncated_importance_by_hand() -> None:
    old_N, drawn_N = torch.tensor([-1.0, -2.0, -3.0]), torch.tensor([-1.0, -1.0, -5.0])
    weights_N, metrics = truncated_importance(old_N, drawn_N, 2.0)
    assert weights_N.tolist() == pytest.approx([1.0, np.exp(-1), 2.0])
    assert metrics["mismatch/truncated"] == 1
    terms = PpoTerms(clip=0.2, value_clip=None, value_coefficient=0.0, ratio_guard=None)
    zeros_N, advantages_N = torch.zeros(3), torch.tensor([1.0, -1.0, 0.5])
    loss, _ = ppo_loss(old_N, old_N, advantages_N, zeros_N, zeros_N, zeros_N, terms, weights_N)
    assert loss.item() == pytest.approx(-(1.0 - np.exp(-1) + 1.0))
