"""The rules and frames of ts/environments/points/: EZPoints and Points24."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from PIL import Image, ImageDraw, ImageFont

from bench.pillow_games.cards import ALL_CARDS, TABLE_GREEN, WIDTH, Card, CardImages, value_of
from bench.pillow_games.game import SIDE, WHITE, Frame, Game, Outcome, pixels_of

NUMBERS = tuple(str(number) for number in range(1, 11))
_CARD_STRIDE = 74
_CARDS_TOP = 40
_TEXT_LEFT = 20
_TEXT_TOP = 170
_LINE_HEIGHT = 28


@dataclass(frozen=True)
class Rules:
    target: int
    actions: Sequence[str]
    formula_limit: int
    draw: Callable[[Random], list[Card]]
    sample: tuple[list[Card], list[str]]
    """Hand and formula of the sample frame."""


def _easy_pair(draws: Random) -> list[Card]:
    first = Card(draws.choice("HDCS"), draws.randint(2, 13))
    value = value_of(first)
    is_by_product = 12 % value == 0 and draws.random() < 0.5
    pair = [first, Card(draws.choice("HDCS"), 12 // value if is_by_product else 12 - value)]
    return pair if draws.random() < 0.5 else pair[::-1]


EZPOINTS = Rules(
    target=12,
    actions=(*NUMBERS, "+", "*", "="),
    formula_limit=5,
    draw=_easy_pair,
    sample=([Card("H", 7), Card("S", 5)], ["7", "+"]),
)
POINTS24 = Rules(
    target=24,
    actions=(*NUMBERS, "+", "-", "*", "/", "(", ")", "="),
    formula_limit=20,
    draw=lambda draws: draws.choices(ALL_CARDS, k=4),
    sample=(
        [Card("H", 7), Card("S", 10), Card("D", 2), Card("C", 13)],
        ["(", "(", "7", "+", "2", ")", "*", "10", "-", "(", "10", "/", "2", ")"],
    ),
)


class Points(Game):
    canvas_colour = TABLE_GREEN

    def __init__(self, rules: Rules, font_file: str, cards: CardImages, draws: Random) -> None:
        self.actions = rules.actions
        self._rules = rules
        self._font = ImageFont.truetype(font_file, 20)
        self._faces = cards.faces
        self._canvas = Image.new("RGB", (SIDE, SIDE), self.canvas_colour)
        self._draws = draws

    def reset(self) -> Frame:
        self.start(self._rules.draw(self._draws))
        return self._frame()

    def start(self, hand: list[Card]) -> None:
        self.hand = hand
        self.formula: list[str] = []
        self.unused = [str(value_of(card)) for card in hand]

    def step(self, action: str) -> Outcome:
        if len(self.formula) > self._rules.formula_limit:
            return Outcome(self._frame(), -1, terminated=False, truncated=True)
        reward = 0
        if action == "=":
            reward = 10 if self._is_solved() else -1
        elif action in NUMBERS:
            if action in self.unused:
                self.unused.remove(action)
            else:
                action, reward = " ", -1
        self.formula.append(action)
        return Outcome(self._frame(), reward, terminated=action == "=", truncated=False)

    def sample(self) -> Frame:
        self.hand, self.formula = self._rules.sample
        return self._frame()

    def _is_solved(self) -> bool:
        return not self.unused and value_of_formula(self.formula) == self._rules.target

    def _frame(self) -> Frame:
        image = self._canvas.copy()
        left = round((SIDE - (len(self.hand) - 1) * _CARD_STRIDE - WIDTH) / 2)
        for index, card in enumerate(self.hand):
            image.paste(self._faces[card], (left + index * _CARD_STRIDE, _CARDS_TOP))
        draw = ImageDraw.Draw(image)
        for index, line in enumerate(self._lines()):
            draw.text((_TEXT_LEFT, _TEXT_TOP + index * _LINE_HEIGHT), line, fill=WHITE, font=self._font)
        return pixels_of(image)

    def _lines(self) -> list[str]:
        whole = "Formula: " + "".join(self.formula)
        if self._fits(whole):
            return [whole]
        lines = ["Formula: "]
        for element in self.formula:
            if self._fits(lines[-1] + element):
                lines[-1] += element
            else:
                lines.append(element)
        return lines

    def _fits(self, line: str) -> bool:
        return self._font.getlength(line) <= SIDE - 2 * _TEXT_LEFT


def value_of_formula(formula: Sequence[str]) -> Fraction | None:
    """Exact; None where there is no value."""
    try:
        # Joined by blanks: two numbers in a row are no number of more digits, and two stars no power.
        return _value(ast.parse(" ".join(formula).strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError):
        return None


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left) + _value(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left) - _value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left) * _value(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left) / _value(right)
        case _:
            raise ValueError(f"no arithmetic: {ast.dump(node)}")
