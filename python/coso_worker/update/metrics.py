"""What an update reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor


class MetricSums:
    """Sums over steps, averaged once at the end."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)

    def add(self, name: str, value: Tensor | float) -> None:
        """Adds a sum over steps."""
        self._sums[name] += value.item() if isinstance(value, Tensor) else value

    def means(self, count: int) -> dict[str, float]:
        """Each sum divided by `count`."""
        return {name: total / count for name, total in self._sums.items()}


def mismatch(gaps: Sequence[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """How far training's log-probs are from sampling's: per token, and summed over an utterance."""
    token_gaps_T = torch.cat([gap_T for gap_T, _ in gaps]).abs()
    utterance_gaps_N = torch.cat([gap_N for _, gap_N in gaps]).abs()
    return {
        "mismatch/mean": float(token_gaps_T.mean()),
        "mismatch/p95": float(token_gaps_T.quantile(0.95)),
        "mismatch/max": float(token_gaps_T.max()),
        "mismatch/utterance_max": float(utterance_gaps_N.max()),
    }
