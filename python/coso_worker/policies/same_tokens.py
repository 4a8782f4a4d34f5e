"""Weights belong to the tokens that they were trained with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from coso_worker.errors import WorkerError


def require_same_tokens(directory: Path, tokenizer: Any) -> None:
    """Weights of the embedded policy fit in shape, whatever text its tokenizer was made from, and would say nonsense.

    Raises WorkerError `bad-checkpoint` where the tokenizer saved in `directory` numbers its tokens otherwise.
    """
    saved: Any = AutoTokenizer.from_pretrained(directory)
    if saved.get_vocab() != tokenizer.get_vocab():
        raise WorkerError(
            "bad-checkpoint",
            f"directory: {directory} was trained with other tokens than those of the policy that was built. The "
            "embedded policy's come from its demonstrations: those have changed since, by their data, their settings "
            "or the code",
        )
