"""Numbers that stand for an image: the pooled state of BLIP-2's vision model, which never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from coso_worker.images import Image
from coso_worker.policies.autoui.loading import load_vision

IMAGES_KEPT = 8192
"""At BLIP-2's 1,408 numbers 46 MB. AWR learns from the same 2,000 states over and over."""


class ImageFeatures:
    """A frozen vision model that reads an image once, and goes on knowing those that were asked for last."""

    def __init__(self, path: str, *, device: torch.device, dtype: torch.dtype, images_kept: int = IMAGES_KEPT) -> None:
        """Raises WorkerError `bad-checkpoint` where `path` holds no vision model of BLIP-2's kind."""
        vision, self._image_processor = load_vision(path, dtype)
        self.vision: Any = vision.to(device).eval().requires_grad_(False)
        self.size: int = self.vision.config.hidden_size
        self._device = device
        self._dtype = dtype
        self._images_kept = images_kept
        self._known: OrderedDict[str, Tensor] = OrderedDict()

    def __call__(self, images: Sequence[Image | None]) -> Tensor:
        """float32 [N, F]; zeros for None."""
        asked = {image.key: image for image in images if image is not None}
        for key, image in asked.items():
            if key not in self._known:
                self._known[key] = self._computed(image)
        nothing_F = torch.zeros(self.size, device=self._device)
        features_NF = torch.stack([nothing_F if image is None else self._known[image.key] for image in images])
        self._forget(asked)
        return features_NF

    @torch.no_grad()
    def _computed(self, image: Image) -> Tensor:
        """By itself: the last bits of a batch's products hang on its size, and a resumed run is to find the same."""
        read = self._image_processor(image.pixels_HWC, return_tensors="pt", input_data_format="channels_last")
        pixels_13SS = read["pixel_values"].to(self._device, self._dtype)
        with torch.autocast(self._device.type, enabled=False):
            pooled_1F: Tensor = self.vision(pixel_values=pixels_13SS).pooler_output
        return pooled_1F[0].float()

    def _forget(self, asked: dict[str, Image]) -> None:
        for key in asked:
            self._known.move_to_end(key)
        while len(self._known) > self._images_kept:
            self._known.popitem(last=False)
