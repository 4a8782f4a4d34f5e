"""Cards as ts/environments/cards/ draws them, each composed once."""

from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bench.pillow_games.game import BLACK, WHITE, Colour

WIDTH, HEIGHT = 70, 98
TABLE_GREEN: Colour = (0x35, 0x65, 0x4D)

_RED: Colour = (0xD0, 0x10, 0x10)
_EDGE: Colour = (0x40, 0x40, 0x40)
_BACK_DARK: Colour = (0x1C, 0x38, 0x80)
_BACK_LIGHT: Colour = (0x8C, 0xA6, 0xE6)
_SUIT_GLYPHS = {"H": "♥", "D": "♦", "C": "♣", "S": "♠"}
_RANK_TEXTS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")


class Card(NamedTuple):
    suit: str
    rank: int
    """1 (ace) to 13 (king)."""


ALL_CARDS = tuple(Card(suit, rank) for suit in _SUIT_GLYPHS for rank in range(1, 14))


class CardImages:
    """All 52 faces and the back."""

    def __init__(self, font_file: str) -> None:
        large, small = ImageFont.truetype(font_file, 50), ImageFont.truetype(font_file, 38)
        self.faces = {card: _face(card, large, small) for card in ALL_CARDS}
        self.back = _back()


def value_of(card: Card) -> int:
    """1-10: J, Q and K count 10."""
    return min(card.rank, 10)


def _plate() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), TABLE_GREEN)
    box = (0, 0, WIDTH - 1, HEIGHT - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, radius=6, fill=WHITE, outline=_EDGE, width=1)
    return image


def _face(card: Card, large: ImageFont.FreeTypeFont, small: ImageFont.FreeTypeFont) -> Image.Image:
    image = _plate()
    draw = ImageDraw.Draw(image)
    colour = _RED if card.suit in "HD" else BLACK
    rank, rank_font = _RANK_TEXTS[card.rank - 1], small if card.rank == 10 else large
    left, top, _, _ = rank_font.getbbox(rank)
    draw.text((4 - left, 4 - top), rank, fill=colour, font=rank_font)
    suit = _SUIT_GLYPHS[card.suit]
    _, _, right, bottom = large.getbbox(suit)
    draw.text((65 - right, 91 - bottom), suit, fill=colour, font=large)
    return image


def _back() -> Image.Image:
    image = _plate()
    for y in range(6, HEIGHT - 6):
        for x in range(6, WIDTH - 6):
            is_line = (x + y) % 12 < 3 or (x - y + HEIGHT) % 12 < 3
            image.putpixel((x, y), _BACK_LIGHT if is_line else _BACK_DARK)
    return image
