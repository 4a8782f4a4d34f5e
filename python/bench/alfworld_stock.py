"""The reference side of `bench alfworld`: games as alfworld and textworld play them.

A line on standard input, {"game", "commands"}, is played and answered by {"seconds", "digest"}: of the steps alone,
without loading, and of all that was said, so that both sides are known to have played the same.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

from coso_alfworld.engines.stock import StockEngine
from coso_alfworld.game_file import read_game


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        engine = StockEngine()
        engine.load(read_game(Path(request["game"])))
        engine.reset()
        digest = hashlib.sha256()
        started = time.perf_counter()
        for command in request["commands"]:
            turn = engine.step(command)
            digest.update(json.dumps([turn.feedback, turn.won, turn.admissible], ensure_ascii=False).encode())
        print(json.dumps({"seconds": time.perf_counter() - started, "digest": digest.hexdigest()}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
