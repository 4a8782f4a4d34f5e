"""What the agent's camera shows of a room: a coloured band a receptacle, and a square on it for each thing."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scripted_unity.things import Thing

Color = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Columns and rows, from the left and from the top, ends excluded."""

_THING = 20
"""Pixels of a thing's side."""


def color_of(key: str) -> Color:
    """A color of its own for each id, as instance segmentation has them; none is black."""
    hashed = zlib.crc32(key.encode())
    return (hashed & 255, hashed >> 8 & 255, hashed >> 16 & 255 | 1)


def boxes(seen: Sequence[Thing], side: int) -> dict[str, Box]:
    """Where in the frame each thing is seen."""
    places = [each for each in seen if each.receptacle]
    width = side // max(1, len(places))
    found = {each.id: (width * at, side // 2, width * at + width, side) for at, each in enumerate(places)}
    for at, each in enumerate(thing for thing in seen if not thing.receptacle):
        left, top = (at * (_THING + 4)) % (side - _THING), 40 if each.held else side // 2 + 20
        found[each.id] = (left, top, left + _THING, top + _THING)
    return found


def segmentation(found: dict[str, Box], side: int) -> Pixels:
    pixels: Pixels = np.zeros((side, side, 3), np.uint8)
    for key, (left, top, right, bottom) in found.items():
        pixels[top:bottom, left:right] = color_of(key)
    return pixels


def photograph(segmented: Pixels, seen: Sequence[Thing]) -> Pixels:
    """The same in other colors under a grey sky, lighter where a lamp is on."""
    light = 60 if any(each.states["isToggled"] for each in seen) else 0
    picture: Pixels = np.where(segmented.any(axis=2, keepdims=True), segmented // 2 + light, 90 + light)
    return picture.astype(np.uint8)
