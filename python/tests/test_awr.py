"""Advantage-weighted regression: its loss by hand, and its update independent of micro-batches and of who sampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from conftest import causal_entropy, ignore_progress, labels_of, uniform_entropy, update_params
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers import Handlers
from coso_worker.losses.awr import awr_loss
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor

Act = Callable[..., messages.ActResult]
ROWS = 6


def awr_params(
    *,
    steps: int = 2,
    batch_size: int = 8,
    micro_batch: int = 8,
    advantages: Sequence[float] = (1, 0, 1, 1, 0, 1),
    fresh: Sequence[int] = (),
    entropy: messages.EntropyTerm | None = None,
    learning_rate: float = 1e-3,
) -> messages.UpdatePolicyParams:
    params = update_params(ROWS, entropy=entropy, advantages=advantages)
    params.returns = None
    params.algorithm = messages.AwrSettings(
        thought_coefficient=1.0,
        steps=steps,
        batch_size=batch_size,
        micro_batch=micro_batch,
        learning_rate=learning_rate,
        max_grad_norm=1e6,
        fresh_step_ids=list(fresh),
    )
    return params


def update(handlers: Handlers, params: messages.UpdatePolicyParams) -> dict[str, float]:
    return handlers.update_policy(params, [], ignore_progress).metrics


def weights_of(handlers: Handlers) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in handlers.agent.policy.model.parameters()])


def test_the_loss_is_the_negative_log_likelihood_of_what_was_worth_it() -> None:
    log_probs_N = torch.tensor([-2.0, -3.0, -0.5], requires_grad=True)
    loss, metrics = awr_loss(log_probs_N, torch.tensor([1.0, 0.0, 0.5]))
    assert loss.item() == pytest.approx(2.25)
    assert float(metrics["policy/log_prob"]) == pytest.approx(-5.5)
    loss.backward()
    assert log_probs_N.grad is not None
    assert log_probs_N.grad.tolist() == pytest.approx([-1.0, 0.0, -0.5])


@given(st.lists(st.tuples(st.floats(-20, 0), st.floats(0, 1)), min_size=2, max_size=12), st.integers(1, 11))
def test_the_loss_is_a_sum_over_steps(steps: list[tuple[float, float]], cut: int) -> None:
    log_probs_N, advantages_N = (torch.tensor(column, dtype=torch.float64) for column in zip(*steps, strict=True))
    whole, _ = awr_loss(log_probs_N, advantages_N)
    parts = [awr_loss(log_probs_N[rows], advantages_N[rows])[0] for rows in (slice(None, cut), slice(cut, None))]
    assert float(whole) == pytest.approx(float(sum(parts)), abs=1e-9)


def test_micro_batches_do_not_change_the_update(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    labels = labels_of([0, 1, 2, 0, 1, 2])
    method = messages.PaperWeights(micro_batch=16)
    handlers.weigh(
        messages.WeighParams(step_ids=list(range(ROWS)), labels=labels, method=method, seed=0), [], ignore_progress
    )
    found = []
    for micro_batch in (1, 3, 8):
        # A learning rate of 0 leaves the policy, and so the gradient of every call, as it is.
        params = awr_params(steps=1, micro_batch=micro_batch, entropy=causal_entropy(0.1), learning_rate=0.0)
        metrics = update(handlers, params)
        gradients = [p.grad.flatten() for p in handlers.agent.policy.model.parameters() if p.grad is not None]
        found.append((torch.cat(gradients), metrics))
    for gradient, metrics in found[1:]:
        assert (gradient - found[0][0]).norm() < 1e-6 * found[0][0].norm()
        assert metrics == pytest.approx(found[0][1], rel=1e-6)
    assert found[0][1]["loss/causal_entropy"] > 0


def test_learning_raises_the_log_probs_of_what_was_worth_it(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    before = update(handlers, awr_params(steps=1, batch_size=64, learning_rate=0.0))
    update(handlers, awr_params(steps=20, learning_rate=1e-2))
    after = update(handlers, awr_params(steps=1, batch_size=64, learning_rate=0.0))
    assert after["loss/policy"] < 0.8 * before["loss/policy"]


def test_without_worth_nothing_but_the_entropy_pulls(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    before = weights_of(handlers)
    update(handlers, awr_params(advantages=[0] * ROWS))
    assert torch.equal(weights_of(handlers), before)
    metrics = update(handlers, awr_params(advantages=[0] * ROWS, entropy=uniform_entropy(0.1)))
    assert not torch.equal(weights_of(handlers), before)
    assert metrics["loss/policy"] == 0


def test_log_probs_are_compared_on_fresh_steps_alone(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    fresh = update(handlers, awr_params(fresh=[0, 1, 2], learning_rate=1e-2))
    assert fresh["mismatch/max"] < 1e-4
    # The policy has moved on since: now the same steps are anything but fresh.
    assert update(handlers, awr_params(fresh=[0, 1, 2]))["mismatch/max"] > 1e-3
    assert "mismatch/max" not in update(handlers, awr_params())


@pytest.mark.parametrize("empty", ["steps", "experiences"])
def test_an_update_of_nothing_leaves_the_policy_and_still_compares(handlers: Handlers, act: Act, empty: str) -> None:
    act(ROWS)
    before = weights_of(handlers)
    params = awr_params(steps=0 if empty == "steps" else 3, fresh=[0])
    if empty == "experiences":
        params.step_ids, params.action_starts = [], []
        params.advantages = float_tensor(np.zeros(0))
        params.action_spans = messages.Tensor(dtype="int32", shape=[0, 2], data=b"")
    metrics = update(handlers, params)
    assert {name.split("/")[0] for name in metrics} == {"mismatch"}
    assert torch.equal(weights_of(handlers), before)


def test_the_value_head_stays_as_it_was_built(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    before = [p.detach().clone() for p in handlers.agent.policy.value_head.parameters()]
    update(handlers, awr_params(learning_rate=1e-2))
    after = handlers.agent.policy.value_head.parameters()
    assert all(torch.equal(a, b) for a, b in zip(after, before, strict=True))


def test_ppo_needs_targets_and_steps_have_to_be_known(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    params = update_params(ROWS)
    params.returns = None
    with pytest.raises(BadRequestError, match="returns: expected targets"):
        update(handlers, params)
    with pytest.raises(WorkerError, match="got 99"):
        update(handlers, awr_params(fresh=[99]))
