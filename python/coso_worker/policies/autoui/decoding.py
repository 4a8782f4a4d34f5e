"""Decoding with AutoUI's network, whose encoder reads the prompt once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache

from coso_worker.policies.autoui.model import Encoded, T5ForMultimodalGeneration
from coso_worker.policies.policy import Prompt


class EncoderDecoderDecoding:
    """The decoder over fused states; keys and values of both its attentions are kept.

    Waiting prompts are read once all slots are free: the rows of its caches have no places for others' prompts.
    """

    def __init__(
        self,
        model: T5ForMultimodalGeneration,
        encode: Callable[[Sequence[Prompt]], Encoded],
        prompts: Sequence[Prompt],
        *,
        slots: int,
    ) -> None:
        self.slots = self.refill_at = min(slots, len(prompts))
        self._model = model
        self._encode = encode
        self._prompts = prompts
        self._cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        self._encoded: Encoded | None = None

    def admit(self, numbers: Sequence[int]) -> Tensor:
        """States at the decoder's start token, [K, H]."""
        self._cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        self._encoded = self._encode([self._prompts[number] for number in numbers])
        mask_KP = self._encoded.mask_NP
        return self.read(torch.full((len(numbers),), self._model.start_token, dtype=torch.long, device=mask_KP.device))

    def release(self, ended: Sequence[int]) -> list[int]:
        assert self._encoded is not None
        gone = set(ended)
        order = [row for row in range(self._encoded.states_NPD.shape[0]) if row not in gone]
        rows_A = torch.tensor(order, dtype=torch.long, device=self._encoded.mask_NP.device)
        self._cache.batch_select_indices(rows_A)
        self._encoded = self._encoded.rows(rows_A)
        return order

    def read(self, tokens_A: Tensor) -> Tensor:
        assert self._encoded is not None
        return self._model.decode(self._encoded, tokens_A.unsqueeze(-1), self._cache)[:, -1]
