"""Pixels as an image processor leaves them, computed once an image."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from torch import Tensor

from coso_worker.images import Image

IMAGES_KEPT = 512


class Preprocessor:
    """Calls a Hugging Face image processor, and keeps what came out for the images seen last."""

    def __init__(self, image_processor: Any) -> None:
        self.image_processor = image_processor
        self._inputs: OrderedDict[str, dict[str, Tensor]] = OrderedDict()

    def __call__(self, image: Image) -> dict[str, Tensor]:
        """The tensors of one image, with a first dimension for images or patches."""
        if image.key in self._inputs:
            self._inputs.move_to_end(image.key)
            return self._inputs[image.key]
        features = self.image_processor(image.pixels_HWC, return_tensors="pt", input_data_format="channels_last")
        inputs = {name: value for name, value in features.items() if isinstance(value, Tensor)}
        self._inputs[image.key] = inputs
        if len(self._inputs) > IMAGES_KEPT:
            self._inputs.popitem(last=False)
        return inputs
