"""Classes of tokens that the published code gives no weight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import torch
from torch import Tensor

TokenClass = Literal["special", "punctuation"]

PUNCTUATION = frozenset("[](){}:\"',!?;_.")
"""Marks of which a token without weight consists."""


def belongs_to(
    classes: Collection[TokenClass], pieces: Sequence[str], tokens_L: Tensor, special_tokens: frozenset[int]
) -> Tensor:
    """bool [L]: tokens of any of the classes; punctuation is a token of marks alone, white space aside."""
    return torch.tensor(
        [
            ("special" in classes and token in special_tokens) or ("punctuation" in classes and _is_punctuation(piece))
            for piece, token in zip(pieces, tokens_L.tolist(), strict=True)
        ],
        dtype=torch.bool,
    )


def _is_punctuation(piece: str) -> bool:
    marks = piece.strip()
    return marks != "" and set(marks) <= PUNCTUATION
