"""The benchmark's reference plays by the rules of ts/environments/, or its speed says nothing."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bench.pillow_games.blackjack import Blackjack, total_of
from bench.pillow_games.cards import Card, CardImages
from bench.pillow_games.game import Game, ink_of
from bench.pillow_games.numberline import HORIZON, NumberLine
from bench.pillow_games.points import EZPOINTS, POINTS24, Points, value_of_formula

FONT = str(Path(__file__).parents[2] / "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")


@pytest.fixture(scope="module")
def cards() -> CardImages:
    return CardImages(FONT)


@pytest.fixture(scope="module")
def line() -> NumberLine:
    return NumberLine(FONT, random.Random(0))


@pytest.fixture(scope="module")
def ezpoints(cards: CardImages) -> Points:
    return Points(EZPOINTS, FONT, cards, random.Random(0))


@pytest.fixture(scope="module")
def blackjack(cards: CardImages) -> Blackjack:
    return Blackjack(FONT, cards, random.Random(0))


def start(line: NumberLine, current: int, target: int) -> None:
    line.reset()
    line.current, line.target = current, target


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
def test_numberline_moves(line: NumberLine, current: int, target: int, action: str, after: int, reward: int) -> None:
    start(line, current, target)
    _, *outcome = line.step(action)
    assert line.current == after
    assert outcome == [reward, after == target, False]


def test_numberline_cuts_off_after_the_last_step_alone(line: NumberLine) -> None:
    start(line, 0, 5)
    assert [line.step("-").truncated for _ in range(HORIZON)] == [False] * (HORIZON - 1) + [True]


def test_numberline_never_starts_at_the_target(line: NumberLine) -> None:
    for _ in range(100):
        line.reset()
        assert line.current != line.target


@pytest.mark.parametrize(
    ("actions", "rewards"),
    [
        ("7 + 5 =", [0, 0, 0, 10]),
        ("7 * 5 =", [0, 0, 0, -1]),
        ("7 + 7 5 =", [0, 0, -1, 0, 10]),
        ("7 =", [0, -1]),
    ],
)
def test_ezpoints_rewards(ezpoints: Points, actions: str, rewards: list[int]) -> None:
    ezpoints.start([Card("H", 7), Card("S", 5)])
    outcomes = [ezpoints.step(action) for action in actions.split()]
    assert [outcome.reward for outcome in outcomes] == rewards
    assert [outcome.terminated for outcome in outcomes] == [False] * (len(rewards) - 1) + [True]


def test_ezpoints_cuts_off_one_action_beyond_the_limit(ezpoints: Points) -> None:
    ezpoints.start([Card("H", 7), Card("S", 5)])
    assert [ezpoints.step("+").truncated for _ in range(7)] == [False] * 6 + [True]


def test_ezpoints_hands_can_be_solved(ezpoints: Points) -> None:
    for _ in range(100):
        ezpoints.reset()
        one, other = (min(card.rank, 10) for card in ezpoints.hand)
        assert 12 in (one + other, one * other)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("8 / ( 3 - 8 / 3 )", 24),
        ("- 3 + + 4", 1),
        ("1 / 3", Fraction(1, 3)),
        ("2 * * 3", None),
        ("9 / / 2", None),
        ("7 5", None),
        ("7 ( 5 )", None),
        ("1 / 0", None),
        ("( 7", None),
        ("", None),
    ],
)
def test_value_of_formula(formula: str, value: int | Fraction | None) -> None:
    assert value_of_formula(formula.split()) == value


@pytest.mark.parametrize(
    ("dealer", "player", "reward"),
    [((10, 9), (10, 8), -1), ((10, 8), (10, 9), 1), ((10, 7), (10, 7), 0), ((1, 10), (10, 10), -1)],
)
def test_blackjack_stands(blackjack: Blackjack, dealer: tuple[int, int], player: tuple[int, int], reward: int) -> None:
    blackjack.dealer = [Card("S", rank) for rank in dealer]
    blackjack.player = [Card("H", rank) for rank in player]
    _, *outcome = blackjack.step("stand")
    assert outcome == [reward, True, False]


def test_blackjack_wins_as_often_as_the_reference_by_hitting_below_17(blackjack: Blackjack) -> None:
    games, wins = 2000, 0
    for _ in range(games):
        blackjack.reset()
        reward, terminated = 0, False
        while not terminated:
            _, reward, terminated, _ = blackjack.step("hit" if total_of(blackjack.player) < 17 else "stand")
        wins += reward > 0
    # 40.8 %, give or take three standard errors.
    assert abs(wins / games - 0.408) < 0.033


def test_every_game_draws_every_step_anew(
    line: NumberLine, ezpoints: Points, blackjack: Blackjack, cards: CardImages
) -> None:
    games: list[tuple[Game, str]] = [
        (line, "+"),
        (ezpoints, "+"),
        (Points(POINTS24, FONT, cards, random.Random(0)), "("),
        (blackjack, "stand"),
    ]
    for game, action in games:
        before, ink = game.sample(), ink_of(game.sample(), game.canvas_colour)
        assert before.shape == (300, 300, 3) and before.dtype == np.uint8
        assert min(ink) > 1
        game.reset()
        first = game.sample()
        assert np.array_equal(before, first)
        assert not np.array_equal(first, game.step(action).frame)
