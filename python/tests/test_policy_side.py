"""Weights through the policy: equal to a loop over its definition, and near 0 for what the policy does not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from conftest import PROMPT, SIDE, UTTERANCES, ignore_progress, labels_of
from coso_worker.counterfactual.policy_side import policy_side_weights
from coso_worker.handlers import Handlers
from coso_worker.images import Image
from coso_worker.policies.policy import Policy, Prompt
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, int_tensor
from coso_worker.spans import deciding_tokens

Act = Callable[..., messages.ActResult]
TEMPERATURE = 0.7
PIXELS = np.random.default_rng(3).integers(0, 256, (2, SIDE, SIDE, 3), dtype=np.uint8)
IMAGES = [Image(str(n), PIXELS[n]) for n in range(2)]


def policy_of(handlers: Handlers) -> Policy:
    """In double precision, so that what differs is the mathematics."""
    policy = handlers.agent.policy
    policy.model.double()
    return policy


def spoken(policy: Policy) -> tuple[list[Prompt], list[Tensor], list[Tensor]]:
    """Five utterances of three lengths: two alike under one image, one that nothing decides, one decided at once."""
    texts = [UTTERANCES[0], UTTERANCES[0], UTTERANCES[1], UTTERANCES[2], UTTERANCES[2]]
    images = [IMAGES[0], IMAGES[0], IMAGES[1], None, None]
    prompts = policy.encode([PROMPT, PROMPT, PROMPT, f"{PROMPT} Answer in JSON.", PROMPT], images)
    tokens = policy.tokenize(texts)
    spans = [(text.rindex('"') - 1, text.rindex('"')) for text in texts]
    spans[3], spans[4] = (-1, -1), (0, 1)
    return prompts, tokens, [deciding_tokens(policy.pieces(y), *span) for y, span in zip(tokens, spans, strict=True)]


def by_definition(policy: Policy, prompt: Prompt, tokens_L: Tensor, decides_L: Tensor) -> list[float]:
    """One sequence at a time, one factor at a time."""
    if not bool(decides_L.any()):
        return [0.0] * tokens_L.numel()
    places = decides_L.nonzero().flatten().tolist()

    def likelihood(y: Tensor) -> float:
        product = 1.0
        for place in places:
            state_H = policy.hidden([prompt], [y[: place + 1]]).utterance_TH[-1]
            probs_V = torch.softmax(policy.logits(state_H) / TEMPERATURE, dim=-1)
            product *= float(probs_V[y[place]])
        return product

    found = []
    for i in range(tokens_L.numel()):
        if i >= places[0]:
            found.append(1.0 if i <= places[-1] else 0.0)
            continue
        nullified_L = tokens_L.clone()
        nullified_L[i] = policy.null_token
        found.append(abs(likelihood(tokens_L) - likelihood(nullified_L)))
    return found


@torch.no_grad()
@pytest.mark.parametrize("micro_batch", [1, 7, 500])
def test_equal_to_a_loop_over_the_definition(handlers: Handlers, micro_batch: int) -> None:
    policy = policy_of(handlers)
    prompts, tokens, decides = spoken(policy)
    weights = policy_side_weights(policy, prompts, tokens, decides, temperature=TEMPERATURE, micro_batch=micro_batch)
    for n, weights_L in enumerate(weights):
        assert weights_L.tolist() == pytest.approx(by_definition(policy, prompts[n], tokens[n], decides[n]), abs=1e-6)
    thoughts = weights[0][: int(decides[0].nonzero()[0])]
    assert thoughts.max() > 1e-4
    assert weights[3].max() == 0
    assert weights[4].tolist()[:2] == [1, 0]


@torch.no_grad()
def test_several_deciding_tokens_count_together(handlers: Handlers) -> None:
    policy = policy_of(handlers)
    (prompt, *_), (tokens_L, *_), _ = spoken(policy)
    decides_L = torch.zeros_like(tokens_L, dtype=torch.bool)
    decides_L[3:6] = True
    (weights_L,) = policy_side_weights(
        policy, [prompt], [tokens_L], [decides_L], temperature=TEMPERATURE, micro_batch=8
    )
    assert weights_L.tolist() == pytest.approx(by_definition(policy, prompt, tokens_L, decides_L), abs=1e-6)
    assert weights_L[:3].min() > 0


def test_a_thought_that_the_policy_ignores_weighs_nothing(handlers: Handlers) -> None:
    policy = policy_of(handlers)
    # With no way from one position to another, a token is predicted from the one before it alone.
    for layer in policy.model.get_decoder().layers:
        layer.self_attn.o_proj.weight.data.zero_()
    prompts, tokens, decides = spoken(policy)
    weights = policy_side_weights(policy, prompts, tokens, decides, temperature=TEMPERATURE, micro_batch=16)
    for n in (0, 2):
        first = int(decides[n].nonzero()[0])
        assert weights[n][: first - 1].max() < 1e-12
        assert weights[n][first - 1] > 1e-4


@torch.no_grad()
def test_equal_utterances_are_computed_once_and_progress_tells_passes(
    handlers: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_of(handlers)
    prompts, tokens, decides = spoken(policy)
    rows: list[int] = []
    hidden = policy.hidden

    def counting(prompts: Any, utterances: Any) -> Any:
        rows.append(len(utterances))
        return hidden(prompts, utterances)

    monkeypatch.setattr(policy, "hidden", counting)
    told: list[tuple[int, int]] = []
    weights = policy_side_weights(
        policy,
        prompts,
        tokens,
        decides,
        temperature=TEMPERATURE,
        micro_batch=16,
        on_batch=lambda scored, total: told.append((scored, total)),
    )
    expected = sum(1 + int(decides[n].nonzero()[0]) for n in (0, 2))
    assert sum(rows) == expected and max(rows) <= 16
    assert told[-1] == (expected, expected) and told[0][0] == rows[0]
    assert torch.equal(weights[0], weights[1])


def test_another_image_is_another_prompt(handlers: Handlers) -> None:
    policy = policy_of(handlers)
    prompts, tokens, decides = spoken(policy)
    pair = [prompts[0], replace(prompts[0], image=IMAGES[1])]
    shown, other = policy_side_weights(
        policy, pair, [tokens[0]] * 2, [decides[0]] * 2, temperature=TEMPERATURE, micro_batch=16
    )
    assert not torch.equal(shown, other)


def test_weighing_by_the_policy_keeps_weights_beside_the_steps(handlers: Handlers, act: Act) -> None:
    acted = act(4)
    spans = [[3, 5], [-1, -1], [0, 2], [4, 6]]
    method = messages.PolicyWeights(spans=int_tensor(np.array(spans)), temperature=TEMPERATURE, micro_batch=8)
    params = messages.WeighParams(step_ids=list(range(4)), labels=labels_of([0, 2, 1, 1]), method=method, seed=0)
    weighed = handlers.weigh(params, [], ignore_progress)
    assert weighed.lengths == acted.token_counts
    scored = handlers.score(
        messages.ScoreParams(step_ids=list(range(4)), images=None, temperature=TEMPERATURE), [], ignore_progress
    ).steps
    assert scored[1].causal_weights is not None and float_array(scored[1].causal_weights, -1).max() == 0
    for step, span in zip(scored, spans, strict=True):
        assert step.causal_weights is not None
        weights_L = float_array(step.causal_weights, -1)
        assert weights_L.min() >= 0 and weights_L.max() <= 1
        assert all(weights_L[deciding_tokens(step.tokens, *span).numpy()] == 1)
