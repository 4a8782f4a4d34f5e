"""How another tokenizer reads the policy's utterances, and which of its tokens fall with a token of the policy.

Shapes: L tokens of the policy, K tokens of the encoder, C characters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

import torch
from torch import Tensor

from coso_worker.errors import WorkerError


@dataclass(frozen=True)
class PolicyText:
    """What is to know of the policy's tokens."""

    pieces: Callable[[Tensor], list[str]]
    """Tokens [L] → a string each, whose concatenation is the utterance."""
    vocabulary_size: int
    special_tokens: frozenset[int]


@dataclass(frozen=True)
class Reading:
    """One utterance in the encoder's tokens, its special ones left out."""

    ids_K: Tensor
    starts_K: Tensor
    """First character of each token."""
    stops_K: Tensor
    """Behind the last one."""
    piece_lengths_L: Tensor
    """Characters of each of the policy's tokens."""

    def nullified(self, nullified_L: Tensor, mask_token: int) -> Tensor:
        """int64 [K]: tokens that share a character with a nullified piece are masked, all others stay."""
        gone_C = torch.repeat_interleave(nullified_L.long(), self.piece_lengths_L)
        before_C1 = torch.nn.functional.pad(gone_C.cumsum(0), (1, 0))
        return torch.where(before_C1[self.stops_K] > before_C1[self.starts_K], mask_token, self.ids_K)


class UtteranceReader:
    """Reads utterances with a fast tokenizer that has a mask token.

    Nullified tokens become [MASK], not [UNK]: that is how encoders of this family learned that a word is not known. One
    [MASK] for each, in its place, so that all others keep theirs; how many there are is thereby known, too.

    An utterance is always tokenized whole, so the reading of a nullified one depends on what stood there, which the
    null token does not tell. Hence `places`: a name for each token of each utterance. Those that are left in a row tell
    which utterance it was.
    """

    def __init__(self, tokenizer: Any, policy: PolicyText, longest: int) -> None:
        """`longest` counts the encoder's tokens, special ones included; the rest is cut off."""
        # The tokenizer's file may ask for truncation and padding of its own.
        self._backend: Any = tokenizer.backend_tokenizer
        self._backend.no_truncation()
        self._backend.no_padding()
        # Text that looks like a special token is text.
        self._backend.encode_special_tokens = True
        self._first: int = tokenizer.cls_token_id
        self._last: int = tokenizer.sep_token_id
        self._mask: int = tokenizer.mask_token_id
        self._policy = policy
        self._longest = longest - 2
        self._bases: list[int] = []
        self._placed: list[Reading] = []
        self._next_place = policy.vocabulary_size

    def places(self, tokens: Sequence[Tensor]) -> list[Tensor]:
        """int64 [L_n] each, alike for equal utterances. Names of earlier calls are not given again, and end here."""
        self._bases, self._placed = [], []
        base_of: dict[tuple[int, ...], int] = {}
        places = []
        for tokens_L in tokens:
            key = tuple(tokens_L.tolist())
            base = base_of.get(key)
            if base is None:
                base = base_of[key] = self._next_place
                self._bases.append(base)
                self._placed.append(self._read(tokens_L))
                self._next_place += len(key)
            places.append(torch.arange(base, base + len(key)))
        return places

    def ids(self, row_L: Tensor) -> Tensor:
        """The encoder's tokens int64 [K + 2] of the policy's own tokens, or of places some of which were replaced.

        Where nothing but special tokens is left, there is nothing to read.
        """
        kept_L = row_L >= self._policy.vocabulary_size
        inner = self._read(row_L).ids_K if not bool(kept_L.any()) else self._counterfactual(row_L, kept_L)
        return torch.tensor([self._first, *inner[: self._longest].tolist(), self._last])

    def _counterfactual(self, row_L: Tensor, kept_L: Tensor) -> Tensor:
        place = int(row_L[kept_L][0])
        index = bisect_right(self._bases, place) - 1
        if index < 0 or place >= self._next_place or self._placed[index].piece_lengths_L.numel() != row_L.numel():
            raise WorkerError("stale-places", f"expected places of the last call, got {place}")
        return self._placed[index].nullified(~kept_L, self._mask)

    def _read(self, tokens_L: Tensor) -> Reading:
        """A special token that shows in the text, such as a null token in an SCM's training texts, reads as [MASK]."""
        pieces = self._policy.pieces(tokens_L)
        is_special_L = [token in self._policy.special_tokens for token in tokens_L.tolist()]
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        begin = 0
        for is_special, group in groupby(zip(is_special_L, pieces, strict=True), key=lambda pair: pair[0]):
            texts = [piece for _, piece in group]
            for token, start, stop in self._masks(texts) if is_special else self._tokens("".join(texts)):
                ids.append(token)
                spans.append((begin + start, begin + stop))
            begin += sum(len(text) for text in texts)
        if all(is_special_L):
            ids, spans = [], []
        return Reading(
            torch.tensor(ids, dtype=torch.long),
            torch.tensor([start for start, _ in spans], dtype=torch.long),
            torch.tensor([stop for _, stop in spans], dtype=torch.long),
            torch.tensor([len(piece) for piece in pieces], dtype=torch.long),
        )

    def _tokens(self, text: str) -> list[tuple[int, int, int]]:
        encoding = self._backend.encode(text, add_special_tokens=False)
        return [(token, start, stop) for token, (start, stop) in zip(encoding.ids, encoding.offsets, strict=True)]

    def _masks(self, pieces: Sequence[str]) -> list[tuple[int, int, int]]:
        stops = list(accumulate(len(piece) for piece in pieces))
        return [(self._mask, stop - len(piece), stop) for stop, piece in zip(stops, pieces, strict=True) if piece != ""]
