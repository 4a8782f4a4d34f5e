"""Decoding with a model that reads prompt and utterance as one sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from transformers import DynamicCache


class CausalDecoding:
    """`states` is the backbone: last hidden states [N, P, H]. Prompts are left-padded."""

    def __init__(
        self,
        states: Callable[..., Tensor],
        tokens_NP: Tensor,
        mask_NP: Tensor,
        *,
        position_ids: Tensor,
        vision_inputs: Mapping[str, Tensor],
    ) -> None:
        """`position_ids` are [N, P] or [3, N, P]."""
        self._states = states
        self._cache = DynamicCache()
        self._mask = mask_NP
        # [A], or [3, A]: text goes on by 1 from the prompt's last token in every dimension.
        self._next_position_A = position_ids[..., -1] + 1
        self.prompt_NH: Tensor = states(
            input_ids=tokens_NP,
            attention_mask=mask_NP,
            position_ids=position_ids,
            past_key_values=self._cache,
            use_cache=True,
            **vision_inputs,
        )[:, -1]
        """States at the prompts' last tokens."""

    def keep(self, rows_A: Tensor) -> None:
        self._cache.batch_select_indices(rows_A)
        self._mask, self._next_position_A = self._mask[rows_A], self._next_position_A[..., rows_A]

    def read(self, tokens_A: Tensor) -> Tensor:
        self._mask = torch.cat([self._mask, self._mask.new_ones((self._mask.shape[0], 1))], dim=1)
        hidden_AH = self._states(
            input_ids=tokens_A.unsqueeze(-1),
            attention_mask=self._mask,
            position_ids=self._next_position_A.unsqueeze(-1),
            past_key_values=self._cache,
            use_cache=True,
        )[:, -1]
        self._next_position_A = self._next_position_A + 1
        return hidden_AH
