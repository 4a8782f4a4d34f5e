"""LLaVA-NeXT (LLaVA-1.6), which the paper's Gym Cards and ALFWorld policies are: llava-hf/llava-v1.6-mistral-7b-hf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoProcessor, LlavaNextForConditionalGeneration

from coso_worker.images import Image
from coso_worker.policies.families.chat import image_tokens
from coso_worker.policies.families.loading import (
    reading,
    require_chat_template,
    require_image_processor,
    require_vocabulary,
)
from coso_worker.policies.families.preprocessing import Preprocessor
from coso_worker.policies.padding import positions
from coso_worker.policies.policy import Prompt


class LlavaNext:
    """An image is cut into tiles, more of them the closer it is to one of the checkpoint's grids."""

    def __init__(self, path: str, *, dtype: torch.dtype, attention: str) -> None:
        with reading(path):
            self._processor: Any = AutoProcessor.from_pretrained(path)
            require_image_processor(path, self._processor)
            require_vocabulary(path, self._processor.tokenizer)
            require_chat_template(path, self._processor)
            self.model: Any = LlavaNextForConditionalGeneration.from_pretrained(
                path, dtype=dtype, attn_implementation=attention
            )
        self.tokenizer: Any = self._processor.tokenizer
        self._preprocess = Preprocessor(self._processor.image_processor)

    @property
    def vision(self) -> nn.Module:
        tower: nn.Module = self.model.model.vision_tower
        return tower

    @property
    def end_token(self) -> int:
        end: int = self.tokenizer.eos_token_id
        return end

    def encode(self, prompt: str, image: Image | None) -> Prompt:
        features = None if image is None else self._features(image)
        placeholder = self._processor.image_token
        tokens = image_tokens(self._processor, self.tokenizer, prompt, placeholder=placeholder, features=features)
        return Prompt(tokens, image)

    def _features(self, image: Image) -> int:
        # Follows from the image's size alone; the pixels are not needed for it.
        height, width = image.pixels_HWC.shape[:2]
        counts = self._processor._get_num_multimodal_tokens(image_sizes=[(height, width)])["num_image_tokens"]
        return int(counts[0])

    def vision_inputs(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        images = [self._preprocess(prompt.image) for prompt in prompts if prompt.image is not None]
        if not images:
            return {}
        tiles = max(image["pixel_values"].shape[1] for image in images)
        return {
            "pixel_values": torch.cat([_with_tiles(image["pixel_values"], tiles) for image in images]),
            "image_sizes": torch.cat([image["image_sizes"] for image in images]),
        }

    def positions(self, tokens_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]) -> Tensor:
        return positions(mask_NP)

    def save_processor(self, directory: Path) -> None:
        self._processor.save_pretrained(directory)


def _with_tiles(pixels: Tensor, tiles: int) -> Tensor:
    """[1, T, 3, H, W] with blank tiles behind, which the model drops by the image's size."""
    missing = tiles - pixels.shape[1]
    return pixels if missing == 0 else torch.cat([pixels, pixels.new_zeros(1, missing, *pixels.shape[2:])], dim=1)
