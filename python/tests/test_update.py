"""The policy update: independent of micro-batches, and each term pulls where it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from conftest import (
    build_params,
    causal_entropy,
    ignore_progress,
    labels_of,
    observations,
    uniform_entropy,
    update_params,
)
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array

Act = Callable[..., messages.ActResult]
ROWS = 6
LABELS = labels_of([0, 1, 2, 0, 1, 2])
PAPER = messages.PaperWeights(micro_batch=16)


def weigh(handlers: Handlers) -> messages.WeighResult:
    params = messages.WeighParams(
        step_ids=list(range(ROWS)), labels=labels_of([0, 1, 2, 0, 1, 2]), method=PAPER, seed=0
    )
    return handlers.weigh(params, [], ignore_progress)


def parameters(handlers: Handlers) -> torch.Tensor:
    policy = handlers.agent.policy
    return torch.cat([p.detach().flatten() for p in [*policy.model.parameters(), *policy.value_head.parameters()]])


def keep_shifted_reference(handlers: Handlers) -> None:
    """A reference that differs from the policy, so that the KL term has a value and a gradient."""
    policy = handlers.agent.policy
    policy.keep_reference()
    assert policy.reference is not None
    for parameter in policy.reference.parameters():
        parameter.data += 0.01


def fresh(tmp_path: Path) -> Handlers:
    handlers = Handlers()
    handlers.build(build_params(tmp_path), [], ignore_progress)
    batch, frames = observations(ROWS)
    handlers.act(
        messages.ActParams(
            observations=batch,
            step_ids=list(range(ROWS)),
            temperature=0.7,
            greedy=False,
            max_new_tokens=10,
            seed=3,
            policy="present",
        ),
        frames,
        ignore_progress,
    )
    weigh(handlers)
    return handlers


@pytest.mark.parametrize(
    "entropy",
    [
        None,
        uniform_entropy(0.1, "sum"),
        causal_entropy(0.1, "mean"),
    ],
)
def test_gradient_and_metrics_do_not_depend_on_the_micro_batch(
    tmp_path: Path, entropy: messages.EntropyTerm | None
) -> None:
    gradients, metrics = [], []
    for micro_batch in (1, 4, ROWS):
        handlers = fresh(tmp_path / str(micro_batch))
        # In double precision what is left is a difference in the mathematics, if there is one.
        handlers.agent.policy.model.double()
        handlers.agent.policy.value_head.double()
        keep_shifted_reference(handlers)
        params = update_params(
            ROWS,
            micro_batch=micro_batch,
            entropy=entropy,
            kl=messages.KlTerm(coefficient=0.1, region="utterance"),
            learning_rate=0.0,
        )
        metrics.append(handlers.update_policy(params, [], ignore_progress).metrics)
        gradients.append(
            torch.cat([p.grad.flatten() for p in handlers.agent.policy.model.parameters() if p.grad is not None])
        )
    norm = gradients[0].norm()
    for gradient, metric in zip(gradients[1:], metrics[1:], strict=True):
        assert (gradient - gradients[0]).norm() < 1e-6 * norm
        for name, value in metric.items():
            assert value == pytest.approx(metrics[0][name], abs=1e-6), name
    assert norm > 1e-2


def test_before_any_step_the_policy_is_the_one_that_sampled(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    metrics = handlers.update_policy(update_params(ROWS, learning_rate=0.0), [], ignore_progress).metrics
    assert metrics["mismatch/max"] < 2e-5
    assert metrics["policy/approx_kl"] == pytest.approx(0, abs=1e-6)
    assert metrics["policy/clip_fraction"] == 0
    assert metrics["loss/policy"] == pytest.approx(0, abs=1e-4)  # advantages sum to zero


def test_an_utterance_with_positive_advantage_becomes_more_likely(handlers: Handlers, act: Act) -> None:
    result = act(ROWS)
    params = update_params(ROWS, advantages=[1, -1, 1, -1, 1, -1], learning_rate=1e-3)
    handlers.update_policy(params, [], ignore_progress)
    scored = handlers.score(
        messages.ScoreParams(step_ids=list(range(ROWS)), images=None, temperature=0.7), [], ignore_progress
    )
    after = np.array([float_array(step.log_probs, -1).sum() for step in scored.steps])
    change = after - float_array(result.log_probs, -1)
    assert change[::2].mean() > change[1::2].mean()


def test_value_only_leaves_the_policy_alone(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    policy = handlers.agent.policy
    before = [p.detach().clone() for p in policy.model.parameters()]
    head_before = [p.detach().clone() for p in policy.value_head.parameters()]
    handlers.update_policy(update_params(ROWS, value_only=True), [], ignore_progress)
    assert all(torch.equal(a, b) for a, b in zip(before, policy.model.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(head_before, policy.value_head.parameters(), strict=True))


@pytest.mark.parametrize("gradient", ["shared", "detached"])
def test_the_value_loss_reaches_the_backbone_only_when_shared(
    handlers: Handlers, act: Act, gradient: Literal["shared", "detached"]
) -> None:
    act(ROWS)
    params = update_params(ROWS, advantages=[0] * ROWS, value_gradient=gradient)
    handlers.update_policy(params, [], ignore_progress)
    gradients = [p.grad for p in handlers.agent.policy.model.parameters() if p.grad is not None]
    assert any(bool(g.any()) for g in gradients) == (gradient == "shared")


def test_entropy_bonus_raises_entropy_and_kl_holds_it_back(tmp_path: Path) -> None:
    def entropy_after(name: str, entropy: messages.EntropyTerm | None, kl: messages.KlTerm | None) -> float:
        handlers = fresh(tmp_path / name)
        handlers.agent.policy.keep_reference()
        params = update_params(ROWS, entropy=entropy, kl=kl, advantages=[0] * ROWS, learning_rate=3e-3, epochs=4)
        handlers.update_policy(params, [], ignore_progress)
        probe = update_params(ROWS, learning_rate=0.0)
        return handlers.update_policy(probe, [], ignore_progress).metrics["policy/token_entropy"]

    bonus = uniform_entropy(0.1, "sum")
    plain = entropy_after("plain", None, None)
    raised = entropy_after("raised", bonus, None)
    held = entropy_after("held", bonus, messages.KlTerm(coefficient=10.0, region="utterance"))
    assert raised > held > plain - 1e-3
    assert raised > plain + 1e-3


def test_the_kl_term_counts_the_tokens_of_its_region(tmp_path: Path) -> None:
    totals: dict[str, float] = {}
    for region in ("utterance", "thoughts", "format"):
        handlers = fresh(tmp_path / region)
        keep_shifted_reference(handlers)
        params = update_params(ROWS, kl=messages.KlTerm(coefficient=0.1, region=region), learning_rate=0.0)
        totals[region] = handlers.update_policy(params, [], ignore_progress).metrics["loss/kl"]
    assert 0 < totals["thoughts"] < totals["format"] < totals["utterance"]


def test_causal_entropy_needs_weights(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    params = update_params(ROWS, entropy=causal_entropy(0.1, "sum"))
    with pytest.raises(WorkerError, match="weigh"):
        handlers.update_policy(params, [], ignore_progress)


def test_kl_needs_a_reference(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    params = update_params(ROWS, kl=messages.KlTerm(coefficient=0.1, region="thoughts"))
    with pytest.raises(WorkerError, match="keepReference"):
        handlers.update_policy(params, [], ignore_progress)


def test_published_weights_leave_special_tokens_and_punctuation_out(handlers: Handlers, act: Act) -> None:
    act(ROWS, max_new_tokens=30)
    method = messages.PublishedWeights(
        window=4,
        null_token="unknown",
        zeroed=["special", "punctuation"],
        normalisation="min-max",
        power=0.5,
        micro_batch=16,
    )
    params = messages.WeighParams(
        step_ids=list(range(ROWS)), labels=labels_of([0, 1, 2, 0, 1, 2]), method=method, seed=0
    )
    weighed = handlers.weigh(params, [], ignore_progress)
    scored = handlers.score(
        messages.ScoreParams(step_ids=list(range(ROWS)), images=None, temperature=0.7), [], ignore_progress
    ).steps
    assert float_array(weighed.weights, -1).max() == 1
    for step in scored:
        assert step.causal_weights is not None
        for piece, weight in zip(step.tokens, float_array(step.causal_weights, -1), strict=True):
            if piece.strip() in {'"', ":", ",", "{", "}", "."}:
                assert weight == 0


def test_weights_come_back_one_a_token(handlers: Handlers, act: Act) -> None:
    result = act(ROWS)
    weighed = weigh(handlers)
    assert weighed.lengths == result.token_counts
    weights = float_array(weighed.weights, -1)
    assert weights.size == sum(weighed.lengths) and weights.min() >= 0 and weights.max() <= 1
