"""Token weights inside the policy update: every kind of entropy weight beside every kind of gradient weight."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from conftest import build_params, ignore_progress, labels_of, observations, uniform_entropy, update_params
from coso_worker.handlers import Handlers
from coso_worker.policies.policy import Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, float_tensor, int_array, int_tensor

ROWS = 6
IDS = list(range(ROWS))
TEMPERATURE = 0.7
UNIFORM = messages.UniformTokens()
SHARED: dict[str, messages.TokenWeights] = {
    "uniform": UNIFORM,
    "causal": messages.CausalTokens(floor=0.1),
    "action": messages.ActionTokens(),
    "span": messages.SpanTokens(),
    "high-entropy": messages.HighEntropyTokens(share=0.3),
}
GRADIENTS: dict[str, messages.GradientTerm] = {
    **SHARED,
    "clip-cov": messages.ClipCovTokens(share=0.3, low=-0.5, high=2),
    "kl-cov": messages.KlCovTokens(share=0.3, coefficient=0.5),
}
Outcome = tuple[Tensor, dict[str, float]]


def entropy_of(weights: messages.TokenWeights) -> messages.EntropyTerm:
    return messages.EntropyTerm(weights=weights, coefficient=0.1, reduction="mean")


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Handlers:
    """Six weighed steps and a policy that has since moved a little, so that ratios and log-prob gaps are not 1 and 0.

    In double precision what depends on a split or an order is the mathematics, not rounding.
    """
    handlers = Handlers()
    handlers.build(build_params(tmp_path_factory.mktemp("policy")), [], ignore_progress)
    batch, frames = observations(ROWS)
    act = messages.ActParams(
        observations=batch,
        step_ids=IDS,
        temperature=TEMPERATURE,
        greedy=False,
        max_new_tokens=10,
        seed=3,
        policy="present",
    )
    handlers.act(act, frames, ignore_progress)
    weights = messages.WeighParams(
        step_ids=IDS, labels=labels_of([0, 1, 2, 0, 1, 2]), method=messages.PaperWeights(micro_batch=16), seed=0
    )
    handlers.weigh(weights, [], ignore_progress)
    policy = handlers.agent.policy
    policy.model.double()
    policy.value_head.double()
    generator = torch.Generator().manual_seed(1)
    for parameter in policy.model.parameters():
        parameter.data += 0.002 * torch.randn(parameter.shape, generator=generator)
    return handlers


def update(
    handlers: Handlers,
    entropy: messages.EntropyTerm | None,
    gradient: messages.GradientTerm,
    *,
    micro_batch: int = ROWS,
    order: Sequence[int] = IDS,
) -> Outcome:
    """The backbone's gradient and the metrics of one optimiser step of size 0. The value loss stays out of it."""
    params = update_params(
        ROWS,
        micro_batch=micro_batch,
        entropy=entropy,
        gradient=gradient,
        value_gradient="detached",
        learning_rate=0.0,
    )
    params.step_ids = [params.step_ids[n] for n in order]
    params.advantages = float_tensor(float_array(params.advantages, ROWS)[list(order)])
    assert params.returns is not None
    params.returns = float_tensor(float_array(params.returns, ROWS)[list(order)])
    params.action_starts = [params.action_starts[n] for n in order]
    params.action_spans = int_tensor(int_array(params.action_spans, ROWS, 2)[list(order)])
    metrics = handlers.update_policy(params, [], ignore_progress).metrics
    gradients = [p.grad.flatten() for p in handlers.agent.policy.model.parameters() if p.grad is not None]
    return torch.cat(gradients), metrics


def assert_same(found: Outcome, expected: Outcome) -> None:
    assert (found[0] - expected[0]).norm() < 1e-6 * expected[0].norm()
    assert found[1] == pytest.approx(expected[1], abs=1e-6)


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("entropy", ["none", *SHARED])
def test_neither_micro_batches_nor_the_order_of_steps_matter(moved: Handlers, entropy: str, gradient: str) -> None:
    term = None if entropy == "none" else entropy_of(SHARED[entropy])
    whole = update(moved, term, GRADIENTS[gradient])
    assert whole[0].norm() > 1e-3
    assert_same(update(moved, term, GRADIENTS[gradient], micro_batch=1), whole)
    assert_same(update(moved, term, GRADIENTS[gradient], micro_batch=4), whole)
    assert_same(update(moved, term, GRADIENTS[gradient], micro_batch=4, order=[3, 0, 5, 1, 4, 2]), whole)


def test_every_kind_of_gradient_weight_gives_another_gradient(moved: Handlers) -> None:
    found = [update(moved, None, gradient)[0] for gradient in GRADIENTS.values()]
    for n, one in enumerate(found):
        for other in found[:n]:
            assert (one - other).norm() > 1e-3 * one.norm()


def test_gradient_weights_leave_ratio_clip_and_losses_to_the_last_bit(moved: Handlers) -> None:
    _, plain = update(moved, None, UNIFORM)
    assert plain["policy/approx_kl"] > 1e-6
    for gradient in GRADIENTS.values():
        _, metrics = update(moved, None, gradient)
        for name in ("loss/policy", "loss/value", "policy/approx_kl", "policy/clip_fraction", "policy/token_entropy"):
            assert metrics[name] == plain[name], name


@pytest.mark.parametrize(
    "all_ones",
    [
        messages.CausalTokens(floor=1),
        messages.HighEntropyTokens(share=1),
        messages.ClipCovTokens(share=1, low=98, high=99),
        messages.KlCovTokens(share=0, coefficient=1),
    ],
)
def test_weights_of_one_are_no_weights_to_the_last_bit(moved: Handlers, all_ones: messages.GradientTerm) -> None:
    entropy = uniform_entropy(0.1)
    assert torch.equal(update(moved, entropy, all_ones)[0], update(moved, entropy, UNIFORM)[0])


def test_the_gradient_is_linear_in_its_weights(moved: Handlers) -> None:
    whole, _ = update(moved, None, UNIFORM)
    causal, _ = update(moved, None, messages.CausalTokens(floor=0))
    mixed, _ = update(moved, None, messages.CausalTokens(floor=0.25))
    assert (mixed - (0.25 * whole + 0.75 * causal)).norm() < 1e-6 * whole.norm()


def test_entropy_and_gradient_are_weighed_apart(moved: Handlers) -> None:
    plain, _ = update(moved, None, UNIFORM)
    bonus = update(moved, entropy_of(SHARED["causal"]), UNIFORM)[0] - plain
    on_action, _ = update(moved, None, SHARED["action"])
    both, _ = update(moved, entropy_of(SHARED["causal"]), SHARED["action"])
    assert (both - (on_action + bonus)).norm() < 1e-6 * both.norm()
    assert bonus.norm() > 1e-4


def test_entropy_counts_the_tokens_that_its_kind_chooses(moved: Handlers) -> None:
    scored = moved.score(messages.ScoreParams(step_ids=IDS, images=None, temperature=TEMPERATURE), [], ignore_progress)
    params = update_params(ROWS)
    expected: dict[str, list[float]] = {"action": [], "span": []}
    spans = int_array(params.action_spans, ROWS, 2).tolist()
    for step, start, (first, stop) in zip(scored.steps, params.action_starts, spans, strict=True):
        entropies = float_array(step.entropies, -1)
        ends = np.cumsum([len(piece) for piece in step.tokens])
        is_action = ends > (10**9 if start is None else start)
        decides = (ends > first) & (np.concatenate([[0], ends[:-1]]) < stop) & (first >= 0)
        expected["action"].append(float(entropies[is_action].sum()) / len(ends))
        expected["span"].append(float(entropies[decides].sum()) / len(ends))
    for kind, values in expected.items():
        _, metrics = update(moved, entropy_of(SHARED[kind]), UNIFORM)
        assert metrics["loss/entropy"] == pytest.approx(np.mean(values), rel=1e-5)


def test_kl_cov_adds_the_gaps_of_its_tokens_at_its_coefficient(moved: Handlers) -> None:
    scored = moved.score(messages.ScoreParams(step_ids=IDS, images=None, temperature=TEMPERATURE), [], ignore_progress)
    plain, before = update(moved, None, UNIFORM)
    once, metrics = update(moved, None, messages.KlCovTokens(share=1, coefficient=1))
    thrice, _ = update(moved, None, messages.KlCovTokens(share=1, coefficient=3))
    assert ((thrice - plain) - 3 * (once - plain)).norm() < 1e-6 * thrice.norm()
    # With a share of 1 the penalty is every token's gap, which the first batch reports as a mean over tokens.
    tokens = sum(len(step.tokens) for step in scored.steps)
    assert metrics["loss/kl_cov"] == pytest.approx(before["mismatch/mean"] * tokens / ROWS, abs=6e-4 * tokens / ROWS)
    assert metrics["loss/kl_cov"] > 0.01


def test_metrics_tell_the_weights(moved: Handlers) -> None:
    _, plain = update(moved, uniform_entropy(0.1), UNIFORM)
    assert "loss/entropy" in plain and not any(name.endswith("weight_mean") for name in plain)
    _, causal = update(moved, entropy_of(messages.CausalTokens(floor=1)), messages.HighEntropyTokens(share=0.5))
    assert "loss/causal_entropy" in causal and "loss/entropy" not in causal
    assert causal["policy/entropy_weight_mean"] == 1
    assert causal["policy/gradient_weight_mean"] == pytest.approx(0.5, abs=0.02)


def test_entropies_of_sampling_are_those_of_a_training_pass(handlers: Handlers) -> None:
    policy = handlers.agent.policy
    prompts = policy.encode(["Move to the target.", "Answer in JSON."], [None, None])
    for greedy in (False, True):
        draws_NL = None if greedy else row_draws(2, len(prompts), 9)
        sampled = policy.sample(prompts, Sampling(TEMPERATURE, 9, draws_NL), slots=64)
        with torch.no_grad():
            hidden = policy.hidden(prompts, sampled.tokens)
            again = token_statistics(
                hidden.utterance_TH,
                torch.cat(sampled.tokens),
                policy.logits,
                TEMPERATURE,
                vocabulary_size=policy.vocabulary_size,
            )
        assert torch.cat(sampled.entropies).tolist() == pytest.approx(again.entropies_T.tolist(), abs=2e-5)
        assert [e.numel() for e in sampled.entropies] == [y.numel() for y in sampled.tokens]


def test_a_policy_that_has_not_moved_is_not_held_back(tmp_path: Path) -> None:
    """Log-probs of sampling and of training differ by rounding there, and KL-Cov must not follow its sign."""
    handlers = Handlers()
    handlers.build(build_params(tmp_path), [], ignore_progress)
    batch, frames = observations(ROWS)
    act = messages.ActParams(
        observations=batch,
        step_ids=IDS,
        temperature=TEMPERATURE,
        greedy=False,
        max_new_tokens=10,
        seed=3,
        policy="present",
    )
    handlers.act(act, frames, ignore_progress)
    plain, metrics = update(handlers, None, UNIFORM)
    held_back, _ = update(handlers, None, messages.KlCovTokens(share=1, coefficient=1))
    assert 0 < metrics["mismatch/max"] < 1e-4
    assert (held_back - plain).norm() < 1e-2 * plain.norm()
