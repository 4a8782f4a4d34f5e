"""Causal weights to first order: one backward pass an utterance instead of a forward pass a token. An approximation,
and far off where an SCM is sure of itself: its softmax is flat there, and so are its gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from coso_worker.counterfactual.scoring import OnBatch, ignore
from coso_worker.policies.padding import pad_right

Embed = Callable[[Tensor], Tensor]
"""Tokens [M, L] → word embeddings [M, L, H]."""

EmbeddedProbability = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(word embeddings [M, L, H], mask [M, L], labels [M, F]) → P(a | y), float32 [M], differentiable."""


def gradient_weights(
    embed: Embed,
    probability: EmbeddedProbability,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    null_token: int,
    micro_batch: int,
    on_batch: OnBatch = ignore,
) -> list[Tensor]:
    """B^i ≈ |⟨∂P(a | y)/∂e_i, e_null − e_i⟩| cut to [0, 1]: Eq. 6 to first order around y. float32 [L_n] each."""
    order = sorted(range(len(tokens)), key=lambda row: tokens[row].numel())
    weights = [torch.zeros(y.numel()) for y in tokens]
    for first in range(0, len(order), micro_batch):
        rows = order[first : first + micro_batch]
        tokens_ML, mask_ML = pad_right([tokens[row] for row in rows], null_token)
        with torch.no_grad():
            embedded_MLH = embed(tokens_ML)
            to_null_MLH = embed(torch.full_like(tokens_ML, null_token)) - embedded_MLH
        embedded_MLH.requires_grad_()
        with torch.enable_grad():
            # Rows do not touch each other, so the gradient of the sum holds each row's own.
            total = probability(embedded_MLH, mask_ML, labels_NF[rows]).sum()
            (gradient_MLH,) = torch.autograd.grad(total, embedded_MLH)
        effects_ML = (gradient_MLH * to_null_MLH).sum(-1).abs().clamp(max=1).float().cpu()
        for m, row in enumerate(rows):
            weights[row] = effects_ML[m, : tokens[row].numel()]
        on_batch(first + len(rows), len(order))
    return weights
