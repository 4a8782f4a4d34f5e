"""The compiled engine is textworld's, but for the time it takes."""

from __future__ import annotations

from random import Random

import pytest

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")

from coso_alfworld.engines.choice import COMPARED, default_engine, make_engine
from coso_alfworld.engines.compiled import CompiledEngine
from coso_alfworld.engines.engine import Engine, GameData
from coso_alfworld.engines.stock import StockEngine
from coso_alfworld.generation.games import Order, draw
from coso_alfworld.generation.tasks import TASK_TYPES

TYPES = range(len(TASK_TYPES))


def assert_same_play(data: GameData, steps: int, seed: int) -> None:
    """Random play, with a command now and then that is not admissible, in both engines at once."""
    stock, compiled = StockEngine(), CompiledEngine()
    stock.load(data)
    compiled.load(data)
    random = Random(seed)
    turn = stock.reset()
    assert compiled.reset() == turn
    for _ in range(steps):
        command = random.choice(turn.admissible) if random.random() < 0.9 else "put the moon in a drawer"
        turn = stock.step(command)
        assert compiled.step(command) == turn, command


@pytest.mark.parametrize("kind", TYPES, ids=TASK_TYPES)
def test_both_engines_say_and_know_the_same(data: list[GameData], kind: int) -> None:
    assert_same_play(data[kind], steps=25, seed=kind)


def test_both_engines_say_and_know_the_same_in_a_room_of_the_official_size() -> None:
    assert_same_play(draw(Order("train", 3, 1, "full")).data, steps=12, seed=0)


@pytest.mark.parametrize("kind", TYPES, ids=TASK_TYPES)
@pytest.mark.parametrize("make", [StockEngine, CompiledEngine])
def test_a_plan_wins_with_its_last_command(data: list[GameData], kind: int, make: type[Engine]) -> None:
    engine = make()
    engine.load(data[kind])
    engine.reset()
    plan = engine.plan()
    assert [engine.step(command).won for command in plan] == [False] * (len(plan) - 1) + [True]


def test_a_plan_begins_where_the_game_stands(data: list[GameData]) -> None:
    engine = CompiledEngine()
    engine.load(data[0])
    engine.reset()
    first, *rest = engine.plan()
    engine.step(first)
    assert len(engine.plan()) == len(rest)


def test_an_inadmissible_command_changes_nothing(data: list[GameData]) -> None:
    engine = CompiledEngine()
    engine.load(data[0])
    before = engine.reset()
    after = engine.step("fly away")
    assert after.feedback == "Nothing happens."
    assert (after.won, after.admissible, after.facts) == (before.won, before.admissible, before.facts)


def test_two_worlds_of_one_process_do_not_touch_each_other(data: list[GameData]) -> None:
    one, other = CompiledEngine(), CompiledEngine()
    for engine in (one, other):
        engine.load(data[1])
    begin = other.reset()
    one.reset()
    for command in one.plan():
        one.step(command)
    turn = other.step("inventory")
    assert not turn.won
    assert {fact for fact in turn.facts ^ begin.facts if fact[0] != "checked"} == set()


def test_a_reset_begins_anew_after_any_play(data: list[GameData]) -> None:
    engine = CompiledEngine()
    engine.load(data[2])
    begin = engine.reset()
    for command in engine.plan():
        engine.step(command)
    assert engine.reset() == begin


def test_other_versions_get_the_engine_of_textworld(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_engine() == "compiled"
    monkeypatch.setitem(COMPARED, "textworld", "1.8.0")
    assert default_engine() == "stock"
    assert isinstance(make_engine(), StockEngine)
