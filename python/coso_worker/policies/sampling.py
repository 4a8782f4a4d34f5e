"""Sampling that keeps what it drew: token ids, their log-probabilities and entropies. Utterances that have ended make
room for prompts that wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from coso_worker.policies.policy import Sampled, Sampling

# Added to the logits of tokens that may not be sampled. Finite, so that 0 · log 0 stays 0 in entropies.
FORBIDDEN = -1e9


@dataclass(frozen=True)
class DrawnTokens:
    """One token for each of N rows, its log-probability and the row's entropy in nats, at the sampling temperature."""

    tokens_N: Tensor
    log_probs_N: Tensor
    entropies_N: Tensor


def row_draws(seed: int, rows: int, length: int) -> Tensor:
    """float64 [rows, length], uniform in [0, 1). A row's numbers depend on the seed, on `length` and on its own number:
    what is drawn for it is the same whichever rows share its batch."""
    return torch.rand((rows, length), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def draw_tokens(logits_NV: Tensor, *, temperature: float, draws_N: Tensor | None) -> DrawnTokens:
    """Draws from softmax(logits / temperature) by one number in [0, 1) a row; without, takes the likeliest."""
    scaled_NV = logits_NV / temperature
    # Not exp(log_softmax): on the CPU, exp takes 16 times as long for what underflows, as forbidden tokens do.
    probs_NV = torch.softmax(scaled_NV, dim=-1)
    tokens_N = probs_NV.argmax(dim=-1) if draws_N is None else _draw(probs_NV, draws_N)
    chosen_N1 = tokens_N.unsqueeze(-1)
    log_probs_N = probs_NV.gather(-1, chosen_N1).squeeze(-1).log()
    # H = log Σ exp l − Σ p l, and log Σ exp l = l_chosen − log p_chosen: one pass over the vocabulary.
    log_sum_N = scaled_NV.gather(-1, chosen_N1).squeeze(-1) - log_probs_N
    entropies_N = (log_sum_N - (probs_NV * scaled_NV).sum(-1)).clamp(min=0)
    return DrawnTokens(tokens_N, log_probs_N, entropies_N)


def _draw(probs_NV: Tensor, draws_N: Tensor) -> Tensor:
    """The first token whose cumulative probability exceeds the draw; a token of probability 0 never does."""
    cumulative_NV = probs_NV.cumsum(-1)
    total_N = cumulative_NV[:, -1]
    # Below the total even after rounding, so that there always is such a token.
    wanted_N = torch.minimum(draws_N.to(total_N) * total_N, torch.nextafter(total_N, torch.zeros_like(total_N)))
    return torch.searchsorted(cumulative_NV, wanted_N.unsqueeze(-1), right=True).squeeze(-1)


class Decoding(Protocol):
    """Prompts that are being answered, each in a slot; slots in use come first."""

    slots: int
    refill_at: int
    """Free slots at which waiting prompts are read."""

    def admit(self, numbers: Sequence[int]) -> Tensor:
        """Reads prompts, by their numbers, into the first free slots; hidden states [K, H] that V(s) and the first
        tokens are read from."""
        ...

    def release(self, ended: Sequence[int]) -> list[int]:
        """Frees slots. Others may move into them: for each slot that stays in use, which one it was."""
        ...

    def read(self, tokens_A: Tensor) -> Tensor:
        """Reads one more token in each used slot; hidden states [A, H], from which the next are drawn."""
        ...


@torch.no_grad()
def sample_utterances(
    decoding: Decoding,
    rows: int,
    *,
    logits: Callable[[Tensor], Tensor],
    values: Callable[[Tensor], Tensor],
    end: int,
    sampling: Sampling,
    device: torch.device,
    dtype: torch.dtype,
) -> Sampled:
    """Answers prompts 0 to `rows` - 1, each until it has ended or holds `max_new_tokens`."""
    longest = sampling.max_new_tokens
    draws_NL = None if sampling.draws_NL is None else sampling.draws_NL.to(device)
    tokens_NL = torch.zeros((rows, longest), dtype=torch.long, device=device)
    # Of float32, as all log-probs and values are; of float64 where somebody measures in it.
    log_probs_NL, entropies_NL = (torch.zeros((rows, longest), dtype=dtype, device=device) for _ in range(2))
    values_N = torch.zeros(rows, dtype=dtype, device=device)
    lengths, finished = [0] * rows, [False] * rows
    answered: list[int] = []
    """Number of the prompt in each used slot."""
    hidden_AH: Tensor | None = None
    waiting = 0
    while True:
        free = decoding.slots - len(answered)
        if waiting < rows and free >= decoding.refill_at:
            new = list(range(waiting, min(rows, waiting + free)))
            waiting += len(new)
            hidden_KH = decoding.admit(new)
            values_N[new] = values(hidden_KH).to(values_N)
            answered += new
            hidden_AH = hidden_KH if hidden_AH is None else torch.cat([hidden_AH, hidden_KH])
        if hidden_AH is None:
            break
        rows_A = torch.tensor(answered, device=device)
        places_A = torch.tensor([lengths[row] for row in answered], device=device)
        draws_A = None if draws_NL is None else draws_NL[rows_A, places_A]
        now = draw_tokens(logits(hidden_AH), temperature=sampling.temperature, draws_N=draws_A)
        tokens_NL[rows_A, places_A] = now.tokens_N
        log_probs_NL[rows_A, places_A] = now.log_probs_N
        entropies_NL[rows_A, places_A] = now.entropies_N
        over = []
        for slot, (row, ended) in enumerate(zip(answered, (now.tokens_N == end).tolist(), strict=True)):
            lengths[row] += 1
            finished[row] = ended
            if ended or lengths[row] == longest:
                over.append(slot)
        token_A = now.tokens_N
        if over:
            order = decoding.release(over)
            answered, token_A = [answered[slot] for slot in order], token_A[order]
        hidden_AH = decoding.read(token_A) if answered else None

    return Sampled(
        tokens=_rows(tokens_NL, lengths),
        log_probs=_rows(log_probs_NL, lengths),
        entropies=_rows(entropies_NL, lengths),
        finished=finished,
        values_N=values_N.cpu(),
    )


def _rows(padded_NL: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    return [row_L[:length].clone() for row_L, length in zip(padded_NL.cpu(), lengths, strict=True)]
