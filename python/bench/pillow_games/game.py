"""What the games share, and what the benchmark does with them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random
from time import process_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 300

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

Frame = NDArray[np.uint8]
"""[300, 300, 3]"""


class Outcome(NamedTuple):
    frame: Frame
    reward: int
    terminated: bool
    truncated: bool


class Game(ABC):
    """The rules of ts/environments/, in a state that the constructor leaves to `reset`."""

    actions: Sequence[str]
    canvas_colour: Colour

    @abstractmethod
    def reset(self) -> Frame: ...

    @abstractmethod
    def step(self, action: str) -> Outcome: ...

    @abstractmethod
    def sample(self) -> Frame:
        """The frame of a certain state, by which the other side checks that both draw the same."""


def pixels_of(image: Image.Image) -> Frame:
    """One copy of the pixels."""
    return np.asarray(image)


def seconds_of(game: Game, steps: int, draws: Random) -> float:
    """Seconds of as many random actions, the resets between episodes included."""
    game.reset()
    started = process_time()
    for _ in range(steps):
        _, _, terminated, truncated = game.step(draws.choice(game.actions))
        if terminated or truncated:
            game.reset()
    return process_time() - started


def ink_of(frame: Frame, canvas_colour: Colour) -> tuple[float, float]:
    """Mean distance from the canvas' colour, 0-255, in the upper and in the lower half."""
    distance = np.abs(frame.astype(np.int16) - np.array(canvas_colour, np.int16))
    return float(distance[: SIDE // 2].mean()), float(distance[SIDE // 2 :].mean())
