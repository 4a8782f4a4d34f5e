"""Decoding with AutoUI's network, whose encoder reads the prompt once."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache

from coso_worker.policies.autoui.model import Encoded, T5ForMultimodalGeneration


class EncoderDecoderDecoding:
    """The decoder over fused states; keys and values of both its attentions are kept."""

    def __init__(self, model: T5ForMultimodalGeneration, encoded: Encoded) -> None:
        self._model = model
        self._encoded = encoded
        self._cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        rows = encoded.states_NPD.shape[0]
        self.start_NH: Tensor = self.read(
            torch.full((rows,), model.start_token, dtype=torch.long, device=encoded.mask_NP.device)
        )
        """States at the decoder's start token."""

    def keep(self, rows_A: Tensor) -> None:
        self._cache.batch_select_indices(rows_A)
        self._encoded = self._encoded.rows(rows_A)

    def read(self, tokens_A: Tensor) -> Tensor:
        return self._model.decode(self._encoded, tokens_A.unsqueeze(-1), self._cache)[:, -1]
