"""The critics' networks: logits of failure and success from features that do not learn."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from coso_worker.scm.standardisation import Standardisation

CLASSES = 2
"""Failure and success."""


class StateCritic(nn.Module):
    """Features float32 [N, F] → logits float32 [2, N, 2] of two heads, each F → width → width → 2 with ReLU."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.standardisation = Standardisation(features)
        self.heads = nn.ModuleList(_head(features, width) for _ in range(2))

    def forward(self, features_NF: Tensor) -> Tensor:
        standard_NF = self.standardisation(features_NF)
        return torch.stack([head(standard_NF) for head in self.heads])

    def values(self, features_NF: Tensor) -> Tensor:
        """The lower of the two heads' P(success), float32 [N]: what one of them overestimates, the other corrects."""
        return lower_success(self(features_NF))


class InstructionCritic(nn.Module):
    """Features float32 [N, F] → logits float32 [N, 2], linearly."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.standardisation = Standardisation(features)
        self.head = nn.Linear(features, CLASSES)

    def forward(self, features_NF: Tensor) -> Tensor:
        logits_N2: Tensor = self.head(self.standardisation(features_NF))
        return logits_N2

    def values(self, features_NF: Tensor) -> Tensor:
        """P(success), float32 [N]."""
        probabilities_N2: Tensor = self(features_NF).softmax(-1)
        return probabilities_N2[:, 1]


def lower_success(logits_2N2: Tensor) -> Tensor:
    """min over heads of P(success), float32 [N]."""
    return logits_2N2.softmax(-1)[..., 1].amin(0)


def _head(features: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(features, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, CLASSES)
    )
