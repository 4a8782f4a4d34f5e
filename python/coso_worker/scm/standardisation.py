"""Features of a frozen encoder, brought to a scale on which heads learn."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Standardisation(nn.Module):
    """Each feature to mean 0 and deviation 1 over the first examples of the first fit; from then on it stays.

    What a frozen encoder says of one domain's utterances is much alike. Heads on such features learn at a tenth of the
    speed, and are unsure of what they have learned.
    """

    EXAMPLES = 512

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.is_settled: Tensor
        self.mean_H: Tensor
        self.deviation_H: Tensor
        self.register_buffer("is_settled", torch.tensor(False))
        self.register_buffer("mean_H", torch.zeros(hidden_size))
        self.register_buffer("deviation_H", torch.ones(hidden_size))

    def settle(self, features_NH: Tensor) -> None:
        """Takes mean and deviation of these features [N, H]."""
        self.mean_H.copy_(features_NH.mean(0))
        # A feature without spread tells nothing; dividing by its deviation would make noise of rounding.
        deviation_H = features_NH.std(0, correction=0)
        self.deviation_H.copy_(torch.where(deviation_H > 1e-4, deviation_H, 1.0))
        self.is_settled.fill_(True)

    def forward(self, features_NH: Tensor) -> Tensor:
        return (features_NH - self.mean_H) / self.deviation_H
