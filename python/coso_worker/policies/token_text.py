"""Tokens ↔ text, for any Hugging Face tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

NullToken = Literal["unknown", "padding", "end"]


class TokenText:
    """A tokenizer, and the tokens that mean something to the worker."""

    def __init__(self, tokenizer: Any, end_token: int) -> None:
        """`end_token` ends utterances."""
        self.tokenizer = tokenizer
        self.end_token = end_token
        self.padding: int = self.end_token if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        unknown = tokenizer.unk_token_id
        self.null_token: int = self.padding if unknown is None else unknown
        self.null_text: str = tokenizer.convert_ids_to_tokens(self.null_token)
        self.special_tokens = frozenset(tokenizer.all_special_ids)
        self._piece_of_token: dict[int, str] = {}

    def null_token_of(self, kind: NullToken) -> int:
        """Stand-ins for y_null by name; the padding token where there is no unknown one."""
        match kind:
            case "unknown":
                return self.null_token
            case "padding":
                return self.padding
            case "end":
                return self.end_token

    def may_not_be_sampled(self, vocabulary_size: int) -> list[int]:
        """Special tokens other than the end, and the rows that some models pad their embeddings with."""
        special = [token for token in self.special_tokens if token != self.end_token]
        return [*special, *range(len(self.tokenizer), vocabulary_size)]

    def tokenize(self, utterances: Sequence[str]) -> list[Tensor]:
        """Tokens of given texts with the end token; int64 [L_n] each."""
        rows = self.tokenizer(list(utterances), add_special_tokens=False)["input_ids"]
        return [torch.tensor([*row, self.end_token], dtype=torch.long) for row in rows]

    def text(self, tokens_L: Tensor) -> str:
        """The utterance as text, without the end token."""
        ids = tokens_L.tolist()
        if ids and ids[-1] == self.end_token:
            ids = ids[:-1]
        decoded: str = self.tokenizer.decode(ids, clean_up_tokenization_spaces=False)
        return decoded

    def pieces(self, tokens_L: Tensor) -> list[str]:
        """One string a token; their concatenation is `text` (the end token is the empty string)."""
        whole = self.text(tokens_L)
        alone = [self.piece(token) for token in tokens_L.tolist()]
        # A token's own text may depend on its neighbours (spaces, split characters): then prefixes are decoded.
        return alone if "".join(alone) == whole else self._pieces_by_prefix(tokens_L, whole)

    def piece(self, token: int) -> str:
        """A token's text by itself; empty for the end token."""
        piece = self._piece_of_token.get(token)
        if piece is None:
            piece = self._piece_of_token[token] = self.text(torch.tensor([token]))
        return piece

    def _pieces_by_prefix(self, tokens_L: Tensor, whole: str) -> list[str]:
        pieces: list[str] = []
        told = 0
        for end in range(1, tokens_L.numel() + 1):
            prefix = self.text(tokens_L[:end])
            if not whole.startswith(prefix):  # ends inside a character: the last of its tokens shows it
                prefix = whole[:told]
            pieces.append(prefix[told:])
            told = max(told, len(prefix))
        return pieces
