"""What policies that say a tokenizer's tokens share: texts, what is never sampled, V(s)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from coso_worker.policies.sampling import FORBIDDEN
from coso_worker.policies.token_text import NullToken, TokenText
from coso_worker.policies.value_head import ValueHead


class TokenizerPolicy:
    """Half of a `Policy`, whose docstrings are those of `policy.py`. The other half has the model."""

    def __init__(
        self, tokenizer: Any, end_token: int, *, vocabulary_size: int, state_size: int, device: torch.device, seed: int
    ) -> None:
        self.device = device
        self.vocabulary_size = vocabulary_size
        self.state_size = state_size
        torch.manual_seed(seed)
        self.value_head: nn.Module = ValueHead(state_size).to(device)

        self._words = TokenText(tokenizer, end_token)
        self.end_token = self._words.end_token
        self.null_token = self._words.null_token
        self.null_text = self._words.null_text
        self.special_tokens = self._words.special_tokens
        self._forbidden_V = torch.zeros(vocabulary_size, device=device)
        self.forbidden_tokens = frozenset(self._words.may_not_be_sampled(vocabulary_size))
        self._forbidden_V[list(self.forbidden_tokens)] = FORBIDDEN

    def tokenize(self, utterances: Sequence[str]) -> list[Tensor]:
        return self._words.tokenize(utterances)

    def text(self, tokens_L: Tensor) -> str:
        return self._words.text(tokens_L)

    def pieces(self, tokens_L: Tensor) -> list[str]:
        return self._words.pieces(tokens_L)

    def piece(self, token: int) -> str:
        return self._words.piece(token)

    def null_token_of(self, kind: NullToken) -> int:
        return self._words.null_token_of(kind)

    def values(self, state_NH: Tensor) -> Tensor:
        with torch.autocast(self.device.type, enabled=False):
            values_N: Tensor = self.value_head(state_NH)
        return values_N

    def _sayable(self, logits_TV: Tensor) -> Tensor:
        """float32 [T, V] of a model's logits, under which what may not be sampled has a probability of exactly 0."""
        # Half precision is too coarse for a log-softmax over a whole vocabulary.
        return logits_TV.to(torch.promote_types(logits_TV.dtype, torch.float32)) + self._forbidden_V
