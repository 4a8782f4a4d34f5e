"""A pretrained BERT that reads the text of the policy's tokens with a tokenizer of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from coso_worker.errors import WorkerError
from coso_worker.policies.padding import pad_right
from coso_worker.scm.encoders.encoder import Encoder
from coso_worker.scm.encoders.reading import PolicyText, UtteranceReader


class PretrainedEncoder(Encoder):
    """Nullifying a token of the policy nullifies those tokens of the encoder that share characters with it, and no
    other. So tokens of white space alone, and those without characters, such as the end token, weigh nothing."""

    def __init__(self, folder: Path, policy: PolicyText, *, is_frozen: bool) -> None:
        """Raises WorkerError `bad-checkpoint` on a folder that holds no such encoder."""
        super().__init__()
        self.is_frozen = is_frozen
        tokenizer, self.bert = load_bert(folder, "scm.encoder.path")
        config = self.bert.config
        self.hidden_size = config.hidden_size
        self._padding: int = tokenizer.pad_token_id or 0
        longest = min(config.max_position_embeddings, tokenizer.model_max_length)
        self._reader = UtteranceReader(tokenizer, policy, longest)
        if is_frozen:
            self.bert.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        if self.is_frozen:
            self.bert.eval()  # dropout would change features that are said not to change
        return self

    def nullifiable(self, tokens: Sequence[Tensor]) -> list[Tensor]:
        return self._reader.places(tokens)

    def forward(self, tokens_NL: Tensor, mask_NL: Tensor) -> tuple[Tensor, Tensor]:
        device = tokens_NL.device
        rows = [row_L[mask_L] for row_L, mask_L in zip(tokens_NL.cpu(), mask_NL.cpu(), strict=True)]
        ids_NK, mask_NK = pad_right([self._reader.ids(row_L) for row_L in rows], self._padding)
        ids_NK, mask_NK = ids_NK.to(device), mask_NK.to(device)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.is_frozen):
            states_NKH: Tensor = self.bert(input_ids=ids_NK, attention_mask=mask_NK).last_hidden_state
        return states_NKH, mask_NK


def load_bert(folder: Path, setting: str) -> tuple[Any, Any]:
    """A fast tokenizer of BERT's family and its model, without a pooler. `setting` is what named the folder.

    Raises WorkerError `bad-checkpoint` on a folder that holds no such encoder.
    """
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        bert: Any = AutoModel.from_pretrained(folder, dtype=torch.float32)
    except (OSError, ValueError, KeyError) as error:
        raise WorkerError("bad-checkpoint", f"{setting}: cannot load {folder}: {error}") from error
    marks = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.mask_token_id)
    if not tokenizer.is_fast or None in marks:
        raise WorkerError(
            "bad-checkpoint",
            f"{setting}: expected a fast tokenizer of BERT's family with [CLS], [SEP] and [MASK], got "
            f"{type(tokenizer).__name__} of {folder}",
        )
    if getattr(bert, "pooler", None) is not None:
        bert.pooler = None  # the SCM pools for itself, and a checkpoint should not carry what nothing reads
    return tokenizer, bert.eval()
