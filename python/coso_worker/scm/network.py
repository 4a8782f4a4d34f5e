"""The SCM's network: an encoder, a mean over its states, and a linear head for each action factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from coso_worker.errors import BadRequestError
from coso_worker.scm.encoders.encoder import Encoder
from coso_worker.scm.encoders.fresh import FreshEncoder
from coso_worker.scm.standardisation import Standardisation

Pooling = Literal["masked-mean", "padded-mean"]
"""The mean over an utterance's tokens; or, as the published code has it, over the batch's padding too, where what an
utterance means depends on the longest one beside it."""


class StructuralCausalModel(nn.Module):
    """Tokens [N, L] → log P(label) for each factor, float32 [N, A_f]; `labels` holds each factor's A_f."""

    def __init__(self, encoder: Encoder, labels: Sequence[int], pooling: Pooling = "masked-mean") -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.heads = nn.ModuleList(nn.Linear(encoder.hidden_size, count) for count in labels)
        self.standardisation = Standardisation(encoder.hidden_size) if encoder.is_frozen else None

    def forward(self, tokens_NL: Tensor, mask_NL: Tensor) -> list[Tensor]:
        return self.predict(self.features(tokens_NL, mask_NL))

    def features(self, tokens_NL: Tensor, mask_NL: Tensor) -> Tensor:
        """What the heads see of each utterance, float32 [N, H]."""
        states_NKH, mask_NK = self.encoder(tokens_NL, mask_NL)
        return self._pooled(states_NKH, mask_NK)

    def predict(self, features_NH: Tensor) -> list[Tensor]:
        """log P(label) for each factor, float32 [N, A_f]."""
        if self.standardisation is not None:
            features_NH = self.standardisation(features_NH)
        return [torch.log_softmax(head(features_NH).float(), dim=-1) for head in self.heads]

    @property
    def has_constant_features(self) -> bool:
        """Whether an utterance's features stay what they are, whatever is learned and whatever it is batched with."""
        return self.encoder.is_frozen and self.pooling == "masked-mean"

    @property
    def has_independent_rows(self) -> bool:
        """Whether an utterance's features are the same whatever it is batched with, also while the SCM learns."""
        drops = any(isinstance(module, nn.Dropout) and module.p > 0 for module in self.encoder.modules())
        return self.pooling == "masked-mean" and (self.encoder.is_frozen or not drops)

    @property
    def learned(self) -> nn.Module:
        """What learning changes, and a checkpoint therefore holds: a frozen encoder is read anew from its folder."""
        return self if self.standardisation is None else nn.ModuleList([self.heads, self.standardisation])

    def word_embeddings(self, tokens_NL: Tensor) -> Tensor:
        """float32 [N, L, H], before positions are added. Raises BadRequestError without a fresh encoder."""
        return self._fresh_encoder.word_embeddings(tokens_NL)

    def from_embeddings(self, embedded_NLH: Tensor, mask_NL: Tensor) -> list[Tensor]:
        """What `forward` gives, from word embeddings: gradients with respect to them are effects to first order."""
        return self.predict(self._pooled(*self._fresh_encoder.from_embeddings(embedded_NLH, mask_NL)))

    @property
    def _fresh_encoder(self) -> FreshEncoder:
        if isinstance(self.encoder, FreshEncoder):
            return self.encoder
        raise BadRequestError(
            "method.kind: gradient weights need an SCM whose tokens are the policy's; set scm.encoder.kind to fresh"
        )

    def _pooled(self, states_NKH: Tensor, mask_NK: Tensor) -> Tensor:
        if self.pooling == "padded-mean":
            return states_NKH.mean(1)
        weight_NK1 = mask_NK.unsqueeze(-1).to(states_NKH.dtype)
        return (states_NKH * weight_NK1).sum(1) / weight_NK1.sum(1).clamp(min=1)


def action_log_probs(factors: Sequence[Tensor], labels_NF: Tensor) -> Tensor:
    """log P(a | y) of the given labels, float32 [N]: the sum over factors, each float32 [N, A_f]."""
    return torch.stack(
        [log_probs_NA.gather(1, labels_NF[:, f : f + 1]).squeeze(1) for f, log_probs_NA in enumerate(factors)]
    ).sum(0)
