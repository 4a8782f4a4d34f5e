"""The rules and frames of ts/environments/blackjack/."""

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw, ImageFont

from bench.pillow_games.cards import ALL_CARDS, TABLE_GREEN, WIDTH, Card, CardImages, value_of
from bench.pillow_games.game import SIDE, WHITE, Frame, Game, Outcome, pixels_of

LIMIT = 21
_MARGIN = 8
_PITCH = WIDTH + 6
_DEALER_TOP = 40
_PLAYER_TOP = 186


class Blackjack(Game):
    actions = ("stand", "hit")
    canvas_colour = TABLE_GREEN

    def __init__(self, font_file: str, cards: CardImages, draws: Random) -> None:
        self._cards = cards
        self._canvas = Image.new("RGB", (SIDE, SIDE), self.canvas_colour)
        self._font = ImageFont.truetype(font_file, 24)
        self._draws = draws

    def reset(self) -> Frame:
        dealt = self._draws.choices(ALL_CARDS, k=4)
        self.dealer, self.player = dealt[:2], dealt[2:]
        return self._frame(is_over=False)

    def step(self, action: str) -> Outcome:
        if action == "hit":
            self.player.append(self._draw())
            is_bust = total_of(self.player) > LIMIT
            return Outcome(self._frame(is_bust), -1 if is_bust else 0, terminated=is_bust, truncated=False)
        while total_of(self.dealer) < 17:
            self.dealer.append(self._draw())
        player, dealer = total_of(self.player), total_of(self.dealer)
        if dealer > LIMIT:
            dealer = 0
        return Outcome(
            self._frame(is_over=True), (player > dealer) - (player < dealer), terminated=True, truncated=False
        )

    def sample(self) -> Frame:
        self.dealer, self.player = [Card("H", 7), Card("C", 9)], [Card("S", 5), Card("D", 13)]
        return self._frame(is_over=False)

    def _draw(self) -> Card:
        return self._draws.choice(ALL_CARDS)

    def _frame(self, is_over: bool) -> Frame:
        image = self._canvas.copy()
        draw = ImageDraw.Draw(image)
        # Drawn each time, as the other games draw theirs: fonts and cards are what is kept.
        draw.text((_MARGIN, 6), "Dealer", fill=WHITE, font=self._font)
        draw.text((_MARGIN, 152), "Player", fill=WHITE, font=self._font)
        dealer = [self._cards.faces[card] for card in self.dealer]
        if not is_over:
            dealer[1] = self._cards.back
        _paste_hand(image, dealer, _DEALER_TOP)
        _paste_hand(image, [self._cards.faces[card] for card in self.player], _PLAYER_TOP)
        return pixels_of(image)


def total_of(hand: Sequence[Card]) -> int:
    """With one ace as 11 where that does not bust."""
    total = sum(map(value_of, hand))
    return total + 10 if total <= LIMIT - 10 and any(card.rank == 1 for card in hand) else total


def _paste_hand(image: Image.Image, hand: Sequence[Image.Image], top: int) -> None:
    pitch = min(_PITCH, (SIDE - 2 * _MARGIN - WIDTH) / (len(hand) - 1))
    for index, card in enumerate(hand):
        image.paste(card, (_MARGIN + round(index * pitch), top))
