"""Images as they come off the wire, each held once however many steps show it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from coso_worker.errors import BadRequestError


@dataclass(frozen=True, eq=False)
class Image:
    """One RGB image. `pixels_HWC` is uint8 and never written to."""

    key: str
    """SHA-256 of `<width>x<height>` and a line feed, then the pixels: what ts/runs/image-store.ts names files by."""
    pixels_HWC: NDArray[np.uint8]


class ImageStore:
    """Interns images by content; an image is freed with the last step that shows it."""

    def __init__(self) -> None:
        self._images: WeakValueDictionary[str, Image] = WeakValueDictionary()

    def unpack(self, frame: memoryview | bytes, number: int, height: int, width: int) -> list[Image]:
        """The `number` images of a raw frame, rows from the top, three bytes a pixel.

        Raises BadRequestError when the frame's length is not number × height × width × 3.
        """
        pixels = np.frombuffer(frame, dtype=np.uint8)
        expected = number * height * width * 3
        if pixels.size != expected:
            raise BadRequestError(
                f"image frame: expected {number} × {height} × {width} × 3 = {expected} bytes, got {pixels.size}"
            )
        return [self.intern(image) for image in pixels.reshape(number, height, width, 3)]

    def intern(self, pixels_HWC: NDArray[np.uint8]) -> Image:
        """The one image with these pixels, copied where it is new."""
        height, width, _ = pixels_HWC.shape
        key = hashlib.sha256(f"{width}x{height}\n".encode() + pixels_HWC.tobytes()).hexdigest()
        image = self._images.get(key)
        if image is None:
            # The copy lets go of the wire's buffer, which holds the whole batch.
            image = Image(key, pixels_HWC.copy())
            self._images[key] = image
        return image


def image_per_row(images: Sequence[Image] | None, index: Sequence[int] | None, rows: int) -> list[Image | None]:
    """Spreads a batch's images over its rows. Raises BadRequestError on an index that does not fit."""
    if images is None or index is None:
        return [None] * rows
    if len(index) != rows:
        raise BadRequestError(f"imageIndex: expected {rows} entries, one a prompt, got {len(index)}")
    if any(i >= len(images) for i in index):
        raise BadRequestError(f"imageIndex: expected values below {len(images)}, got {max(index)}")
    return [images[i] for i in index]
