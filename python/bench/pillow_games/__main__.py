"""Usage: `python -m bench.pillow_games FONT_FILE`.

Each line of standard input is a game and a number of steps, such as `points24 2000`; each is answered by a JSON line
`{"seconds", "ink": [upper half, lower half]}`.
"""

import json
import random
import sys

from bench.pillow_games.blackjack import Blackjack
from bench.pillow_games.cards import CardImages
from bench.pillow_games.game import Game, ink_of, seconds_of
from bench.pillow_games.numberline import NumberLine
from bench.pillow_games.points import EZPOINTS, POINTS24, Points


def main() -> None:
    font_file, draws = sys.argv[1], random.Random(0)
    cards = CardImages(font_file)
    games: dict[str, Game] = {
        "numberline": NumberLine(font_file, draws),
        "ezpoints": Points(EZPOINTS, font_file, cards, draws),
        "points24": Points(POINTS24, font_file, cards, draws),
        "blackjack": Blackjack(font_file, cards, draws),
    }
    for line in sys.stdin:
        name, steps = line.split()
        game = games[name]
        ink = ink_of(game.sample(), game.canvas_colour)
        answer = {"seconds": seconds_of(game, int(steps), draws), "ink": ink}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
