"""What an update reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from coso_worker.distributed.ranks import Ranks
from coso_worker.errors import WorkerError
from coso_worker.update.settings import MismatchHandling


class MetricSums:
    """Sums over steps, averaged once at the end."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)

    def add(self, name: str, value: Tensor | float) -> None:
        """Adds a sum over steps."""
        self._sums[name] += value.item() if isinstance(value, Tensor) else value

    def over(self, ranks: Ranks) -> MetricSums:
        """The sums of all ranks together."""
        together = MetricSums()
        for name, value in ranks.join_rows(list(self._sums.items()), list[tuple[str, float]]):
            together.add(name, value)
        return together

    def means(self, count: int) -> dict[str, float]:
        """Each sum divided by `count`."""
        return {name: total / count for name, total in self._sums.items()}


def mismatch(gaps: Sequence[tuple[Tensor, Tensor]], ranks: Ranks) -> dict[str, float]:
    """How far training's log-probs are from sampling's: per token, and summed over an utterance. `gaps` are the rank's
    own, the result is of all ranks."""
    token_gaps_T = torch.cat(ranks.join_tensors([gap_T for gap_T, _ in gaps], torch.float32)).abs()
    utterance_gaps_N = torch.cat(ranks.join_tensors([gap_N for _, gap_N in gaps], torch.float32)).abs()
    return {
        "mismatch/mean": float(token_gaps_T.mean()),
        "mismatch/p95": float(token_gaps_T.quantile(0.95)),
        "mismatch/max": float(token_gaps_T.max()),
        "mismatch/utterance_max": float(utterance_gaps_N.max()),
    }


def require_small(metrics: Mapping[str, float], handling: MismatchHandling) -> None:
    """Raises WorkerError `mismatch` where tokens were drawn by other probabilities than the policy's."""
    mean = metrics.get("mismatch/mean", 0.0)
    if handling.largest_mean is None or mean <= handling.largest_mean:
        return
    raise WorkerError(
        "mismatch",
        f"log-probs that tokens were drawn by differ from the policy's by {mean:.3g} nats a token on average, "
        f"more than mismatch.maxMean {handling.largest_mean:g} allows (p95 {metrics['mismatch/p95']:.3g}, "
        f"max {metrics['mismatch/max']:.3g}, over an utterance up to {metrics['mismatch/utterance_max']:.3g}): what "
        "is learned from is not what the policy says. The policy was not changed. Look for an engine with old weights, "
        "another precision or another template; with rollout.staleness 1 it is the last update that has moved the "
        "policy so far, and a smaller learning rate helps. mismatch.truncation weighs what remains, a larger "
        "mismatch.maxMean lets it pass",
    )
