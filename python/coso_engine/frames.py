"""What follows a request as frames of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coso_engine import messages

Frames = Sequence[memoryview]


def draws_of(request: messages.Generate, frames: Frames) -> NDArray[np.float64] | None:
    """float64 [N, max_new_tokens]; None where the likeliest tokens are asked for."""
    if request.draws is None:
        return None
    draws = np.frombuffer(frames[request.draws], dtype=np.float64)
    return draws.reshape(len(request.prompts), request.max_new_tokens)


def pixels_of(picture: messages.Picture, frames: Frames) -> NDArray[np.uint8]:
    """uint8 [height, width, 3]"""
    return np.frombuffer(frames[picture.frame], dtype=np.uint8).reshape(picture.height, picture.width, 3)
