"""Causal weights through the policy itself: what a token does to the tokens that f^parse reads the action from.

An SCM asks whether f^parse would find the same action in a changed text. This asks whether the policy would go on to
write the same action after a changed text: a thought counts as far as the action follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.counterfactual.scoring import OnBatch, ignore
from coso_worker.losses.utterance import sum_per_utterance
from coso_worker.policies.policy import Policy, Prompt
from coso_worker.policies.token_statistics import token_statistics


@dataclass(frozen=True)
class Decision:
    """An utterance as far as its action is decided: by the tokens from `start` on."""

    prompt: Prompt
    tokens_L: Tensor
    start: int

    def identity(self) -> tuple[object, ...]:
        """Equal for decisions with equal weights: an agent often says the same of the same twice in a batch."""
        image = None if self.prompt.image is None else self.prompt.image.key
        return (image, *self.prompt.tokens_P.tolist(), None, *self.tokens_L.tolist(), self.start)

    def sequence_length(self) -> int:
        """Tokens that the policy reads."""
        return self.prompt.tokens_P.numel() + self.tokens_L.numel()

    def nullified(self, position: int, null_token: int) -> Decision:
        """The same with another token at `position`."""
        tokens_L = self.tokens_L.clone()
        tokens_L[position] = null_token
        return Decision(self.prompt, tokens_L, self.start)


@torch.no_grad()
def policy_side_weights(
    policy: Policy,
    prompts: Sequence[Prompt],
    tokens: Sequence[Tensor],
    decides: Sequence[Tensor],
    *,
    temperature: float,
    micro_batch: int,
    on_batch: OnBatch = ignore,
) -> list[Tensor]:
    """B^i = |p_θ(d | s, y^<d) − p_θ(d | s, y^<d with token i nullified)| for tokens before d, the tokens that decide; 1
    for d itself; 0 after it, and throughout an utterance that nothing decides. float32 [L_n] each, in [0, 1].

    p_θ(d | ·) is the product over d's tokens at `temperature`. `decides` marks d, bool [L_n]: what lies between its
    first and its last token belongs to it. One pass of the policy a token and one an utterance; equal ones are made
    once, and those of like length share a micro-batch.
    """
    decision_of = {
        row: Decision(prompts[row], tokens[row][: places[-1] + 1], places[0])
        for row, places in enumerate(decides_L.nonzero().flatten().tolist() for decides_L in decides)
        if places
    }
    distinct = {decision.identity(): decision for decision in decision_of.values()}
    ordered = sorted(distinct.items(), key=lambda item: item[1].sequence_length())
    # A position of None stands for the utterance as it is.
    passes = [
        (identity, position)
        for identity, decision in ordered
        for position in (None, *range(decision.start))
        if decision.start > 0
    ]
    factual: dict[tuple[object, ...], float] = {}
    weights = {identity: torch.ones(decision.tokens_L.numel()) for identity, decision in ordered}
    for first in range(0, len(passes), micro_batch):
        part = passes[first : first + micro_batch]
        read = [
            distinct[identity] if position is None else distinct[identity].nullified(position, policy.null_token)
            for identity, position in part
        ]
        for (identity, position), likelihood in zip(part, likelihoods(policy, read, temperature), strict=True):
            if position is None:
                factual[identity] = likelihood
            else:
                weights[identity][position] = abs(factual[identity] - likelihood)
        on_batch(first + len(part), len(passes))

    causal_weights = [torch.zeros(tokens_L.numel()) for tokens_L in tokens]
    for row, decision in decision_of.items():
        causal_weights[row][: decision.tokens_L.numel()] = weights[decision.identity()]
    return causal_weights


def likelihoods(policy: Policy, decisions: Sequence[Decision], temperature: float) -> list[float]:
    """p_θ of each one's deciding tokens, given its prompt and the tokens before them."""
    hidden = policy.hidden([each.prompt for each in decisions], [each.tokens_L for each in decisions])
    decides_T = torch.cat([torch.arange(each.tokens_L.numel()) >= each.start for each in decisions])
    lengths_M = torch.tensor([each.tokens_L.numel() - each.start for each in decisions])
    row_D = torch.repeat_interleave(torch.arange(len(decisions)), lengths_M)
    deciding_D = torch.cat([each.tokens_L[each.start :] for each in decisions])
    statistics = token_statistics(
        hidden.utterance_TH[decides_T.to(policy.device)],
        deciding_D.to(policy.device),
        policy.logits,
        temperature,
        vocabulary_size=policy.vocabulary_size,
    )
    log_likelihood_M = sum_per_utterance(statistics.log_probs_T, row_D.to(policy.device), len(decisions))
    values: list[float] = log_likelihood_M.exp().tolist()
    return values
