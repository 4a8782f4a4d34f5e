"""The rules and frames of ts/environments/numberline/."""

from random import Random

from PIL import Image, ImageDraw, ImageFont

from bench.pillow_games.game import BLACK, SIDE, WHITE, Frame, Game, Outcome, pixels_of

LARGEST_NUMBER = 5
HORIZON = 10


class NumberLine(Game):
    actions = ("-", "+")
    canvas_colour = WHITE

    def __init__(self, font_file: str, draws: Random) -> None:
        self._font = ImageFont.truetype(font_file, 36)
        self._canvas = Image.new("RGB", (SIDE, SIDE), self.canvas_colour)
        self._draws = draws

    def reset(self) -> Frame:
        self.current = self._draws.randint(0, LARGEST_NUMBER)
        self.target = self._draws.randint(0, LARGEST_NUMBER)
        if self.target == self.current:
            self.target = (self.target + 1) % LARGEST_NUMBER
        self.steps = 0
        return self._frame()

    def step(self, action: str) -> Outcome:
        distance = abs(self.target - self.current)
        self.current = min(LARGEST_NUMBER, max(0, self.current + (1 if action == "+" else -1)))
        self.steps += 1
        terminated = self.current == self.target
        reward = 1 if terminated else 0 if abs(self.target - self.current) < distance else -1
        return Outcome(self._frame(), reward, terminated, not terminated and self.steps >= HORIZON)

    def sample(self) -> Frame:
        self.current, self.target = 4, 2
        return self._frame()

    def _frame(self) -> Frame:
        image = self._canvas.copy()
        draw = ImageDraw.Draw(image)
        draw.text((30, 60), f"Target: {self.target}", fill=BLACK, font=self._font)
        draw.text((30, 180), f"Current: {self.current}", fill=BLACK, font=self._font)
        return pixels_of(image)
