"""What is read off kept utterances without changing anything: log-probs, other draws, the SCM's expectation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.agent import Agent
from coso_worker.engines.reading_again import read_again
from coso_worker.policies.padding import pad_right
from coso_worker.policies.policy import Policy, Prompt
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor
from coso_worker.step_store import KeptStep

MICRO_BATCH = 64
"""Steps in one pass, which keeps no gradients."""


def score(
    policy: Policy, step_ids: Sequence[int], steps: Sequence[KeptStep], prompts: Sequence[Prompt], temperature: float
) -> list[messages.ScoredStep]:
    """Log-probs and entropies of each step's tokens after its prompt, under the present policy."""
    again = read_again(policy, prompts, [step.tokens_L for step in steps], temperature)
    return [
        messages.ScoredStep(
            step_id=step_id,
            tokens=policy.pieces(step.tokens_L),
            log_probs=float_tensor(log_probs_L.numpy()),
            sampled_log_probs=float_tensor(step.drawn_log_probs_L.cpu().numpy()),
            entropies=float_tensor(entropies_L.numpy()),
            causal_weights=None if step.causal_weights_L is None else float_tensor(step.causal_weights_L.numpy()),
        )
        for step_id, step, log_probs_L, entropies_L in zip(
            step_ids, steps, again.log_probs, again.entropies, strict=True
        )
    ]


@torch.no_grad()
def alternatives(
    policy: Policy, steps: Sequence[KeptStep], count: int, temperature: float, generator: torch.Generator
) -> list[list[list[str]]]:
    """[N][L][count]: other draws of each token given those before it, as text; empty where none are asked for."""
    if count == 0:
        return []
    drawn: list[list[list[str]]] = []
    for part in _micro_batches(len(steps)):
        utterances = [step.tokens_L for step in steps[part]]
        hidden = policy.hidden([step.prompt for step in steps[part]], utterances)
        probs_TV = torch.softmax(policy.logits(hidden.utterance_TH) / temperature, dim=-1).cpu()
        drawn_TK = torch.multinomial(probs_TV, count, replacement=True, generator=generator)
        for drawn_LK in torch.split(drawn_TK, [tokens_L.numel() for tokens_L in utterances]):
            drawn.append([[policy.piece(token) for token in row] for row in drawn_LK.tolist()])
    return drawn


@dataclass(frozen=True)
class Prediction:
    """What the SCM expects f^parse to make of N utterances."""

    labels_NF: Tensor
    """The likeliest label of each factor, int64."""
    confidences_N: Tensor
    """P of those labels together."""
    likelihoods_N: Tensor
    """P(a | y) of the labels that f^parse found."""


def predict(agent: Agent, tokens: Sequence[Tensor], labels_NF: Tensor) -> Prediction:
    """Under the present φ."""
    predicted, confidences, likelihoods = [], [], []
    for part in _micro_batches(len(tokens)):
        tokens_ML, mask_ML = pad_right(tokens[part], agent.policy.null_token)
        most_likely_MF = agent.most_likely_labels(tokens_ML, mask_ML)
        predicted.append(most_likely_MF)
        confidences.append(agent.action_probability(tokens_ML, mask_ML, most_likely_MF).cpu())
        likelihoods.append(agent.action_probability(tokens_ML, mask_ML, labels_NF[part]).cpu())
    return Prediction(torch.cat(predicted), torch.cat(confidences), torch.cat(likelihoods))


def _micro_batches(rows: int) -> list[slice]:
    return [slice(start, start + MICRO_BATCH) for start in range(0, rows, MICRO_BATCH)]
