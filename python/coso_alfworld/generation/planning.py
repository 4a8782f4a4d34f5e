"""A plan within a time limit: the planner's search has none, and in a large room it may take minutes."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection

from coso_alfworld.engines.choice import make_engine
from coso_alfworld.engines.engine import GameData


def plan_within(data: GameData, seconds: float) -> tuple[str, ...] | None:
    """Commands that were played and won, with the last of them and not before; None where none were found in time.

    The search runs in a forked process, which alone can be ended.
    """
    fork = get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=_search, args=(data, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        return _received(ours, seconds)
    finally:
        child.kill()
        child.join()
        ours.close()


def _received(ours: Connection, seconds: float) -> tuple[str, ...] | None:
    try:
        return ours.recv() if ours.poll(seconds) else None
    except EOFError:  # the planner ended its process, as it does where a goal cannot be reached
        return None


def _search(data: GameData, answer: Connection) -> None:
    engine = make_engine()
    engine.load(data)
    engine.reset()
    plan = engine.plan()
    engine.reset()
    outcomes = [engine.step(command).won for command in plan]
    has_won = outcomes.count(True) == 1 and outcomes[-1]
    answer.send(plan if has_won else None)
