"""NumberLine as the field's Python writes it, for comparison: Pillow draws every frame, with the font loaded once.

Usage: `python -m bench.pillow_numberline FONT_FILE`. Each line of standard input is a number of steps; each is answered
by a JSON line `{"seconds", "ink"}`.
"""

import json
import random
import sys
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE = 300
LARGEST_NUMBER = 5
HORIZON = 10


class PillowNumberLine:
    """The rules of ts/environments/numberline/rules.ts."""

    def __init__(self, font: ImageFont.FreeTypeFont, draws: random.Random) -> None:
        self._font = font
        self._draws = draws
        self.reset()

    def reset(self) -> NDArray[np.uint8]:
        self.current = self._draws.randint(0, LARGEST_NUMBER)
        self.target = self._draws.randint(0, LARGEST_NUMBER)
        if self.target == self.current:
            self.target = (self.target + 1) % LARGEST_NUMBER
        self.steps = 0
        return self.frame()

    def step(self, action: str) -> tuple[NDArray[np.uint8], int, bool, bool]:
        """Returns the frame, the reward, terminated and truncated."""
        distance = abs(self.target - self.current)
        self.current = min(LARGEST_NUMBER, max(0, self.current + (1 if action == "+" else -1)))
        self.steps += 1
        terminated = self.current == self.target
        reward = 1 if terminated else 0 if abs(self.target - self.current) < distance else -1
        return self.frame(), reward, terminated, not terminated and self.steps >= HORIZON

    def frame(self) -> NDArray[np.uint8]:
        """[300, 300, 3]"""
        image = Image.new("RGB", (SIDE, SIDE), (255, 255, 255))
        draw = ImageDraw.Draw(image)
        draw.text((30, 60), f"Target: {self.target}", fill=(0, 0, 0), font=self._font)
        draw.text((30, 180), f"Current: {self.current}", fill=(0, 0, 0), font=self._font)
        return np.array(image)


def ink_of(environment: PillowNumberLine, current: int, target: int) -> float:
    """Mean darkness of a frame, 0-255, by which the other side checks that both draw the same."""
    environment.current, environment.target = current, target
    return 255 - float(environment.frame().mean())


def main() -> None:
    draws = random.Random(0)
    environment = PillowNumberLine(ImageFont.truetype(sys.argv[1], 36), draws)
    ink = ink_of(environment, current=4, target=2)
    for line in sys.stdin:
        environment.reset()
        started = perf_counter()
        for _ in range(int(line)):
            _, _, terminated, truncated = environment.step(draws.choice("-+"))
            if terminated or truncated:
                environment.reset()
        sys.stdout.write(json.dumps({"seconds": perf_counter() - started, "ink": ink}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
