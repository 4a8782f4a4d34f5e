"""What crosses to another language: texts in, texts out, whatever happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")

import fast_downward

from coso_alfworld.calls import answer
from coso_alfworld.worlds import TOLD, Worlds


def call(worlds: Worlds, name: str, **arguments: Any) -> Any:
    reply = json.loads(answer(worlds, json.dumps({"call": name, **arguments})))
    assert "result" in reply, reply
    return reply["result"]


def refused(request: str) -> dict[str, str]:
    error: dict[str, str] = json.loads(answer(Worlds(), request))["error"]
    return error


def test_a_plan_is_played_to_its_end(games: list[Path]) -> None:
    worlds = Worlds()
    turn = call(worlds, "reset", world="a", game=str(games[3]))
    assert "Your task is to:" in turn["text"] and not turn["won"]
    for command in call(worlds, "plan", world="a")["commands"]:
        assert command in turn["admissible"]
        turn = call(worlds, "step", world="a", command=command)
    assert turn["won"]


def test_facts_are_those_that_typescript_asks_for(games: list[Path]) -> None:
    facts = call(Worlds(), "reset", world="a", game=str(games[0]))["facts"]
    assert facts == sorted(facts)
    names = {name for name, *_ in facts}
    assert names <= TOLD
    assert {"atlocation", "receptacletype", "objecttype", "inreceptacle"} <= names


def test_commands_bring_a_world_back_to_where_it_was(games: list[Path]) -> None:
    worlds, game = Worlds(), str(games[2])
    commands = ["look", call_first_goto(worlds, game), "inventory", "no such command"]
    call(worlds, "reset", world="a", game=game)
    for command in commands:
        turn = call(worlds, "step", world="a", command=command)
    assert call(Worlds(), "reset", world="b", game=game, commands=commands) == turn


def call_first_goto(worlds: Worlds, game: str) -> str:
    admissible: list[str] = call(worlds, "reset", world="a", game=game)["admissible"]
    return next(command for command in admissible if command.startswith("go to"))


def test_worlds_are_apart_and_end(games: list[Path]) -> None:
    worlds = Worlds()
    for name, game in zip("ab", games, strict=False):
        call(worlds, "reset", world=name, game=str(game))
    call(worlds, "close", world="a")
    call(worlds, "step", world="b", command="look")
    ended = json.loads(answer(worlds, '{"call": "step", "world": "a", "command": "look"}'))
    assert ended["error"]["code"] == "no-world"


def test_it_tells_its_engine_and_versions() -> None:
    assert call(Worlds(), "about") == {
        "engine": "compiled",
        "versions": {"alfworld": "0.4.2", "textworld": "1.7.0", "fast-downward-textworld": "20.6.4"},
    }


@pytest.mark.parametrize(
    ("request_text", "code", "message"),
    [
        ("{", "bad-call", "expected a JSON object, got '{'"),
        ("[]", "bad-call", "expected a JSON object"),
        ('{"call": "__init__"}', "bad-call", "about, reset, step, plan, close, got '__init__'"),
        ('{"call": "step"}', "bad-call", "missing 2 required positional arguments"),
        ('{"call": "step", "world": "a", "command": "look"}', "no-world", "expected a reset first"),
        ('{"call": "reset", "world": "a", "game": "/no/such/game"}', "bad-game", "/no/such/game: expected a game"),
    ],
)
def test_a_bad_request_is_told_what_was_expected(request_text: str, code: str, message: str) -> None:
    error = refused(request_text)
    assert error["code"] == code and message in error["message"]


def test_a_file_that_is_no_game_names_what_it_lacks(tmp_path: Path) -> None:
    game = tmp_path / "game.tw-pddl"
    game.write_text('{"grammar": "x"}')
    error = refused(json.dumps({"call": "reset", "world": "a", "game": str(game)}))
    assert error["code"] == "bad-game" and "pddl_domain, pddl_problem" in error["message"]


@pytest.mark.parametrize(
    "problem", ["", "(define (problem x)", "(define (problem x) (:domain alfred) (:objects) (:init))"]
)
def test_a_problem_that_is_none_is_refused_and_the_world_plays_on(
    tmp_path: Path, games: list[Path], problem: str
) -> None:
    broken = tmp_path / "game.tw-pddl"
    broken.write_text(json.dumps(json.loads(games[0].read_text()) | {"pddl_problem": problem}))
    worlds = Worlds()
    reply = json.loads(answer(worlds, json.dumps({"call": "reset", "world": "a", "game": str(broken)})))
    assert reply["error"]["code"] == "bad-game" and str(broken) in reply["error"]["message"]
    assert not call(worlds, "reset", world="a", game=str(games[0]))["won"]


def test_a_world_takes_over_the_engine_of_one_that_ended_and_nothing_of_its_game(
    games: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Mock(side_effect=fast_downward.load_lib)
    monkeypatch.setattr(fast_downward, "load_lib", load)
    worlds = Worlds()
    for game in (*games, *games):
        played = call(worlds, "reset", world="a", game=str(game), commands=["look", "inventory"])
        plan = call(worlds, "plan", world="a")
        call(worlds, "close", world="a")
        assert played == call(Worlds(), "reset", world="alone", game=str(game), commands=["look", "inventory"])
        assert plan["commands"]
    # One of `worlds`, and one of each that played alone.
    assert load.call_count == 1 + 2 * len(games)
