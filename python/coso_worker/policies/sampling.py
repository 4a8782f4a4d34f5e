"""Batched sampling with a key-value cache, which keeps what it drew: token ids, their log-probabilities and
entropies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from coso_worker.policies.policy import Sampled

# Added to the logits of tokens that may not be sampled. Finite, so that 0 · log 0 stays 0 in entropies.
FORBIDDEN = -1e9


@dataclass(frozen=True)
class DrawnTokens:
    """One token for each of N rows, its log-probability and the row's entropy in nats, at the sampling temperature."""

    tokens_N: Tensor
    log_probs_N: Tensor
    entropies_N: Tensor


def draw_tokens(logits_NV: Tensor, *, temperature: float, greedy: bool, generator: torch.Generator) -> DrawnTokens:
    """Draws from softmax(logits / temperature), or takes the likeliest."""
    log_probs_NV = torch.log_softmax(logits_NV / temperature, dim=-1)
    probs_NV = log_probs_NV.exp()
    tokens_N = log_probs_NV.argmax(dim=-1) if greedy else _draw(probs_NV, generator)
    log_probs_N = log_probs_NV.gather(-1, tokens_N.unsqueeze(-1)).squeeze(-1)
    return DrawnTokens(tokens_N, log_probs_N, -(probs_NV * log_probs_NV).sum(-1))


class Decoding(Protocol):
    """Rows in the midst of being decoded, with the cache of what they have read."""

    def keep(self, rows_A: Tensor) -> None:
        """Goes on with these of the present rows alone."""
        ...

    def read(self, tokens_A: Tensor) -> Tensor:
        """Reads one more token a row; last hidden states [A, H], from which the next are drawn."""
        ...


@torch.no_grad()
def sample_utterances(
    decoding: Decoding,
    hidden_NH: Tensor,
    *,
    logits: Callable[[Tensor], Tensor],
    values_N: Tensor,
    end: int,
    temperature: float,
    greedy: bool,
    max_new_tokens: int,
    generator: torch.Generator,
) -> Sampled:
    """Draws until every row has ended or holds `max_new_tokens`. First tokens are drawn from `hidden_NH`.

    Rows that have ended leave the batch: the rest goes on without them.
    """
    rows = hidden_NH.shape[0]
    hidden_AH = hidden_NH
    active_A = torch.arange(rows, device=hidden_NH.device)
    drawn: list[list[Tensor]] = [[] for _ in range(rows)]
    drawn_log_probs: list[list[Tensor]] = [[] for _ in range(rows)]
    drawn_entropies: list[list[Tensor]] = [[] for _ in range(rows)]
    finished = [False] * rows
    for position in range(max_new_tokens):
        now = draw_tokens(logits(hidden_AH), temperature=temperature, greedy=greedy, generator=generator)
        token_A = now.tokens_N
        ended_A = token_A == end
        for row, token, log_prob, entropy, ended in zip(
            active_A.tolist(),
            token_A.cpu(),
            now.log_probs_N.cpu(),
            now.entropies_N.cpu(),
            ended_A.tolist(),
            strict=True,
        ):
            drawn[row].append(token)
            drawn_log_probs[row].append(log_prob)
            drawn_entropies[row].append(entropy)
            finished[row] = ended
        if position == max_new_tokens - 1 or bool(ended_A.all()):
            break
        if bool(ended_A.any()):
            alive = (~ended_A).nonzero().squeeze(-1)
            decoding.keep(alive)
            active_A, token_A = active_A[alive], token_A[alive]
        hidden_AH = decoding.read(token_A)

    return Sampled(
        tokens=[torch.stack(tokens) for tokens in drawn],
        log_probs=[torch.stack(log_probs) for log_probs in drawn_log_probs],
        entropies=[torch.stack(entropies) for entropies in drawn_entropies],
        finished=finished,
        values_N=values_N.cpu(),
    )


def _draw(probs_NV: Tensor, generator: torch.Generator) -> Tensor:
    # Drawn on the generator's own device, so that one seed means one utterance wherever the model runs.
    drawn_N1 = torch.multinomial(probs_NV.to(generator.device), 1, generator=generator)
    return drawn_N1.squeeze(-1).to(probs_NV.device)
