"""Log-probabilities, entropies and KL of utterance tokens, over chunks of tokens.

The logits of a batch are its largest tensor by far (T × V in float32). Chunks are computed one at a time and, in a
training pass, computed again in the backward pass instead of being kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

LONGEST_CHUNK = 2048
CHUNK_LOGITS = {"cpu": 2**21, "cuda": 2**25}
"""Largest chunk by device: what stays in a cache, and what still fills an accelerator."""

Logits = Callable[[Tensor], Tensor]
"""Hidden states [T, H] → logits float32 [T, V]."""


@dataclass(frozen=True)
class TokenStatistics:
    log_probs_T: Tensor
    """log π(y^i | y^<i, s) at the sampling temperature."""
    entropies_T: Tensor
    """H(y^i | y^<i) over the whole vocabulary, nats, at the sampling temperature."""
    kl_T: Tensor | None
    """KL(π ‖ reference) at each token, nats; None without a reference."""


def token_statistics(
    hidden_TH: Tensor,
    tokens_T: Tensor,
    logits: Logits,
    temperature: float,
    *,
    vocabulary_size: int,
    reference_hidden_TH: Tensor | None = None,
    reference_logits: Logits | None = None,
) -> TokenStatistics:
    """Statistics of `tokens_T` under the policy whose states are `hidden_TH`."""

    def chunk(hidden: Tensor, tokens: Tensor, reference_hidden: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        scaled_TV = logits(hidden) / temperature
        log_probs_TV = torch.log_softmax(scaled_TV, dim=-1)
        # Not exp(log_probs): on the CPU, exp takes 16 times as long for what underflows, as forbidden tokens do.
        probs_TV = torch.softmax(scaled_TV, dim=-1)
        chosen_T = log_probs_TV.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
        entropy_T = -(probs_TV * log_probs_TV).sum(-1)
        if reference_hidden is None or reference_logits is None:
            return chosen_T, entropy_T, torch.zeros_like(entropy_T)
        with torch.no_grad():
            reference_TV = torch.log_softmax(reference_logits(reference_hidden) / temperature, dim=-1)
        return chosen_T, entropy_T, (probs_TV * (log_probs_TV - reference_TV)).sum(-1)

    chunk_tokens = chunk_length(vocabulary_size, hidden_TH.device)
    recompute = torch.is_grad_enabled() and hidden_TH.shape[0] > chunk_tokens
    parts = []
    for start in range(0, hidden_TH.shape[0], chunk_tokens):
        rows = slice(start, start + chunk_tokens)
        reference = None if reference_hidden_TH is None else reference_hidden_TH[rows]
        if recompute:
            parts.append(checkpoint(chunk, hidden_TH[rows], tokens_T[rows], reference, use_reentrant=False))
        else:
            parts.append(chunk(hidden_TH[rows], tokens_T[rows], reference))
    log_probs_T, entropies_T, kl_T = (torch.cat(column) for column in zip(*parts, strict=True))
    return TokenStatistics(log_probs_T, entropies_T, None if reference_hidden_TH is None else kl_T)


def chunk_length(vocabulary_size: int, device: torch.device) -> int:
    """Tokens whose logits are computed at once."""
    return max(1, min(LONGEST_CHUNK, CHUNK_LOGITS.get(device.type, CHUNK_LOGITS["cpu"]) // vocabulary_size))
