"""The benchmark's reference plays by the rules of ts/environments/numberline/rules.ts, or its speed says nothing."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from bench.pillow_numberline import HORIZON, PillowNumberLine

FONT = Path(__file__).parents[2] / "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"


@pytest.fixture(scope="module")
def environment() -> PillowNumberLine:
    return PillowNumberLine(ImageFont.truetype(str(FONT), 36), random.Random(0))


def start(environment: PillowNumberLine, current: int, target: int) -> None:
    environment.reset()
    environment.current, environment.target = current, target


@pytest.mark.parametrize(
    ("current", "target", "action", "after", "reward"),
    [
        (1, 3, "+", 2, 0),
        (1, 3, "-", 0, -1),
        (2, 3, "+", 3, 1),
        (4, 3, "-", 3, 1),
        (5, 0, "-", 4, 0),
        (0, 3, "-", 0, -1),
        (5, 3, "+", 5, -1),
    ],
)
def test_moves(environment: PillowNumberLine, current: int, target: int, action: str, after: int, reward: int) -> None:
    start(environment, current, target)
    _, *outcome = environment.step(action)
    assert environment.current == after
    assert outcome == [reward, after == target, False]


def test_cuts_off_after_the_last_step_alone(environment: PillowNumberLine) -> None:
    start(environment, 0, 5)
    assert [environment.step("-")[3] for _ in range(HORIZON)] == [False] * (HORIZON - 1) + [True]


def test_never_starts_at_the_target(environment: PillowNumberLine) -> None:
    for _ in range(100):
        environment.reset()
        assert environment.current != environment.target


def test_draws_every_step_anew(environment: PillowNumberLine) -> None:
    start(environment, 1, 3)
    before, after = environment.frame(), environment.step("+")[0]
    assert before.shape == after.shape == (300, 300, 3) and before.dtype == np.uint8
    assert not np.array_equal(before, after)
    # The upper half shows the target, which has not changed.
    assert np.array_equal(before[:150], after[:150])
