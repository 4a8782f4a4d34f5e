"""Causal weights of long utterances: spans first, tokens only inside spans that matter.

Eq. 6 takes a pass a token, over sequences as long as the utterance: time grows with the square of its length or faster.
Here each sentence or field is nullified whole; where that hardly changes P(a | y), its tokens get weight 0. Effects
that cancel within a span would be missed so, and an audit says how much of that there can be: some of the tokens left
out are drawn at random and weighed after all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.counterfactual.scoring import ActionProbability, Nullification, OnBatch, ignore, likelihood_changes

BOUNDARIES = frozenset(".!?;,\n{}[]")
"""Marks that end a sentence, a clause or a JSON field."""

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Audit:
    """What was left out, and how wrong that can be. Means are over tokens that were left out, in [0, 1]."""

    tokens: int
    skipped: int
    audited: int
    mean: float
    bound: float
    """The mean causal weight of the tokens left out is below this with probability 0.95 over the audit's draw."""
    passes: int
    """Sequences that the SCM scored; Eq. 6 itself takes one a token."""


def hierarchical_weights(
    probability: ActionProbability,
    tokens: Sequence[Tensor],
    pieces: Sequence[Sequence[str]],
    labels_NF: Tensor,
    *,
    threshold: float,
    longest_span: int,
    audited: int,
    null_token: int,
    micro_batch: int,
    generator: torch.Generator,
    on_batch: OnBatch = ignore,
) -> tuple[list[Tensor], Audit]:
    """Eq. 6 for tokens of spans whose own effect exceeds `threshold`, and for those that the audit draws; 0 elsewhere.

    float32 [L_n] an utterance. With a threshold below 0 every token is weighed, and nothing is left out.
    """
    spans = [
        Nullification(row, start, stop)
        for row, row_pieces in enumerate(pieces)
        for start, stop in spans_of(row_pieces, longest_span)
    ]
    effects = likelihood_changes(probability, tokens, labels_NF, spans, null_token, micro_batch, on_batch)
    looked_into: list[Nullification] = []
    left_out: list[Nullification] = []
    for span in spans:
        singles = [Nullification(span.row, i, i + 1) for i in range(span.start, span.stop)]
        (looked_into if float(effects[span.row][span.start]) > threshold else left_out).extend(singles)
    drawn = torch.randperm(len(left_out), generator=generator)[:audited].tolist()
    sample = [left_out[index] for index in drawn]
    weights = likelihood_changes(
        probability, tokens, labels_NF, [*looked_into, *sample], null_token, micro_batch, on_batch
    )
    found = [float(weights[cut.row][cut.start]) for cut in sample]
    mean = sum(found) / len(found) if found else 0.0
    audit = Audit(
        tokens=sum(y.numel() for y in tokens),
        skipped=len(left_out) - len(sample),
        audited=len(sample),
        mean=mean,
        bound=0.0 if len(sample) == len(left_out) else mean_bound(mean, len(sample)),
        passes=len(spans) + len(looked_into) + len(sample),
    )
    return weights, audit


def spans_of(pieces: Sequence[str], longest: int) -> list[tuple[int, int]]:
    """Token ranges [start, stop) that cover the utterance: cut after boundary marks, and at `longest` tokens."""
    spans, start = [], 0
    for stop, piece in enumerate(pieces, start=1):
        if stop - start >= longest or stop == len(pieces) or not BOUNDARIES.isdisjoint(piece):
            spans.append((start, stop))
            start = stop
    return spans


def mean_bound(mean: float, size: int) -> float:
    """Upper confidence bound on the mean of values in [0, 1], from the mean of `size` of them drawn at random without
    replacement: the largest μ with size · KL(mean ‖ μ) ≤ ln(1 / (1 − confidence)) (Hoeffding, 1963, theorems 1 and 4).
    """
    if size == 0:
        return 1.0
    allowed = math.log(1 / (1 - CONFIDENCE)) / size
    low, high = mean, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _bernoulli_kl(mean, middle) <= allowed else (low, middle)
    return high


def _bernoulli_kl(p: float, q: float) -> float:
    """KL(p ‖ q) of two coins, nats; q within (0, 1]."""
    head = 0.0 if p == 0 else p * math.log(p / q)
    tail = 0.0 if p == 1 else (math.inf if q == 1 else (1 - p) * math.log((1 - p) / (1 - q)))
    return head + tail
