"""Models that read text alone, such as Qwen/Qwen2.5-7B-Instruct: any causal language model of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from coso_worker.errors import BadRequestError
from coso_worker.images import Image
from coso_worker.policies.families.chat import end_of_turn, text_tokens
from coso_worker.policies.families.loading import reading, require_chat_template, require_vocabulary
from coso_worker.policies.padding import positions
from coso_worker.policies.policy import Prompt


class CausalLanguageModel:
    """Has no vision: an observation with an image is refused rather than shown without it."""

    vision = None

    def __init__(self, path: str, *, dtype: torch.dtype, attention: str) -> None:
        self._path = path
        with reading(path):
            self.tokenizer: Any = AutoTokenizer.from_pretrained(path)
            require_vocabulary(path, self.tokenizer)
            require_chat_template(path, self.tokenizer)
            self.model: Any = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, attn_implementation=attention)
        self.end_token = end_of_turn(self.tokenizer)

    def encode(self, prompt: str, image: Image | None) -> Prompt:
        if image is not None:
            raise BadRequestError(
                f"images: the policy {self._path} ({self.model.config.model_type}) reads text alone, and the "
                "environment shows images; choose a vision-language checkpoint, or an environment in text"
            )
        return Prompt(text_tokens(self.tokenizer, prompt), None)

    def vision_inputs(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        return {}

    def positions(self, tokens_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]) -> Tensor:
        return positions(mask_NP)

    def save_processor(self, directory: Path) -> None:
        self.tokenizer.save_pretrained(directory)
