"""A frozen pretrained BERT as a reader of prompts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from coso_worker.policies.padding import pad_right
from coso_worker.scm.encoders.pretrained import load_bert


class TextEncoder:
    """The mean of the encoder's last states over a text's tokens. Texts are cut off from the left, as in the reference:
    what an agent is told last is what it is to do."""

    def __init__(self, folder: Path, setting: str, device: torch.device) -> None:
        """Raises WorkerError `bad-checkpoint` on a folder that holds no such encoder."""
        tokenizer, bert = load_bert(folder, setting)
        self._bert: Any = bert.to(device).requires_grad_(False)
        self._backend: Any = tokenizer.backend_tokenizer
        self._backend.no_truncation()
        self._backend.no_padding()
        self._first: int = tokenizer.cls_token_id
        self._last: int = tokenizer.sep_token_id
        self._padding: int = tokenizer.pad_token_id or 0
        self._longest: int = min(bert.config.max_position_embeddings, tokenizer.model_max_length) - 2
        self._device = device
        self.hidden_size: int = bert.config.hidden_size

    @torch.no_grad()
    def features(self, texts: Sequence[str]) -> Tensor:
        """float32 [N, H]"""
        ids_NK, mask_NK = pad_right([self._ids(text) for text in texts], self._padding)
        ids_NK, mask_NK = ids_NK.to(self._device), mask_NK.to(self._device)
        states_NKH: Tensor = self._bert(input_ids=ids_NK, attention_mask=mask_NK).last_hidden_state
        weight_NK1 = mask_NK.unsqueeze(-1).float()
        return (states_NKH * weight_NK1).sum(1) / weight_NK1.sum(1)

    def _ids(self, text: str) -> Tensor:
        inner = self._backend.encode(text, add_special_tokens=False).ids[-self._longest :]
        return torch.tensor([self._first, *inner, self._last])
