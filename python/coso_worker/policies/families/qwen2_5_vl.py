"""Qwen2.5-VL: patches at the image's own resolution, positions in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoImageProcessor, AutoTokenizer, ProcessorMixin, Qwen2_5_VLForConditionalGeneration

from coso_worker.images import Image
from coso_worker.policies.families.chat import image_tokens
from coso_worker.policies.families.loading import reading, require_chat_template, require_vocabulary
from coso_worker.policies.families.preprocessing import Preprocessor
from coso_worker.policies.padding import positions
from coso_worker.policies.policy import Prompt


class Qwen25VL:
    """Tokenizer and image processor are used by themselves: the family's own processor also wants one for videos, and
    that needs torchvision."""

    def __init__(self, path: str, *, dtype: torch.dtype, attention: str) -> None:
        with reading(path):
            self.tokenizer: Any = AutoTokenizer.from_pretrained(path)
            image_processor: Any = AutoImageProcessor.from_pretrained(path)
            # Older checkpoints keep the template beside the tokenizer's files rather than in them.
            template: Any = ProcessorMixin.get_processor_dict(path)[0].get("chat_template")
            if template is not None:
                self.tokenizer.chat_template = template
            require_vocabulary(path, self.tokenizer)
            require_chat_template(path, self.tokenizer)
            self.model: Any = Qwen2_5_VLForConditionalGeneration.from_pretrained(
                path, dtype=dtype, attn_implementation=attention
            )
        self._preprocess = Preprocessor(image_processor)
        self._image_token: int = self.model.config.image_token_id
        self._placeholder: Any = self.tokenizer.convert_ids_to_tokens(self._image_token)

    @property
    def vision(self) -> nn.Module:
        tower: nn.Module = self.model.model.visual
        return tower

    @property
    def end_token(self) -> int:
        end: int = self.tokenizer.eos_token_id
        return end

    def encode(self, prompt: str, image: Image | None) -> Prompt:
        features = None if image is None else self._features(image)
        tokens = image_tokens(self.tokenizer, self.tokenizer, prompt, placeholder=self._placeholder, features=features)
        return Prompt(tokens, image)

    def _features(self, image: Image) -> int:
        """One token for each merged square of patches."""
        grid_13 = self._preprocess(image)["image_grid_thw"]
        merged = int(self._preprocess.image_processor.merge_size) ** 2
        return int(grid_13.prod()) // merged

    def vision_inputs(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        images = [self._preprocess(prompt.image) for prompt in prompts if prompt.image is not None]
        if not images:
            return {}
        return {name: torch.cat([image[name] for image in images]) for name in ("pixel_values", "image_grid_thw")}

    def positions(self, tokens_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]) -> Tensor:
        if not vision_inputs:
            return positions(mask_NP)
        positions_3NP, _ = self.model.model.get_rope_index(
            tokens_NP,
            # 1 marks an image's tokens, 0 text.
            (tokens_NP == self._image_token).int(),
            image_grid_thw=vision_inputs["image_grid_thw"],
            attention_mask=mask_NP,
        )
        three: Tensor = positions_3NP
        return three

    def save_processor(self, directory: Path) -> None:
        self.tokenizer.save_pretrained(directory)
        self._preprocess.image_processor.save_pretrained(directory)
