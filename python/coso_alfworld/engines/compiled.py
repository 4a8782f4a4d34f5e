"""The same games, played with a compiled grammar and a translation that is kept: some fifty times faster a step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import fast_downward
import textworld.logic
from alfworld.agents.utils.misc import Demangler
from textworld.envs.pddl.logic import Atom, GameLogic
from textworld.generator.game import EntityInfo

from coso_alfworld.engines.engine import GameData, Turn
from coso_alfworld.engines.fact_base import FactBase, Placeholder
from coso_alfworld.engines.grammar import Grammar, Scene
from coso_alfworld.engines.translation import current_facts, planning_sas, translated

_GOAL = re.compile(r'(?<="Your task is to: ).*?(?=\.")')
_NO_GOAL = "UNKNOWN GOAL"


@dataclass(frozen=True)
class _Logic:
    """What games of one domain and grammar share: the grammar, and by action the texts of command and answer."""

    grammar: Grammar
    commands: dict[str, str]
    answers: dict[str, str]


@dataclass(frozen=True)
class _Operator:
    """An action with its arguments; `command` is None where its text depends on what changes in the game."""

    action: str
    bindings: dict[Placeholder, str]
    command: str | None


class CompiledEngine:
    """Equal to textworld's engine in texts, commands and facts; tested so on random play of every task type."""

    def __init__(self) -> None:
        self._library: Any = fast_downward.load_lib()

    def load(self, data: GameData) -> None:
        grammar, self._goal = _without_goal(data["grammar"])
        self._domain, self._problem = data["pddl_domain"], data["pddl_problem"]
        self._translation = translated(self._domain, self._problem)
        self._logic = _logic(self._domain, grammar, self._translation.declared)
        self._operators: dict[str, _Operator] = {}
        self._can_plan = False
        self._begin()
        self._entities = _entities(self._facts)

    def reset(self) -> Turn:
        self._begin()
        return self._turn(self._derive("#intro#", {}).replace(_NO_GOAL, self._goal))

    def step(self, command: str) -> Turn:
        chosen = self._applicable.get(command.strip())
        if chosen is None:
            return self._turn("Nothing happens.")
        identity, effects, operator = chosen
        self._apply(identity, effects)
        return self._turn(self._derive(self._logic.answers[operator.action], operator.bindings))

    def plan(self) -> tuple[str, ...]:
        if not self._can_plan:
            self._library.load_sas_replan(planning_sas(self._domain, self._problem))
            self._can_plan = True
        if not self._library.replan(False):
            return ()
        found = (fast_downward.Operator * self._library.get_last_plan_length())()
        self._library.get_last_plan(found)
        return tuple(self._command(self._operator(each.name)) for each in found)

    def _begin(self) -> None:
        self._library.load_sas(self._translation.sas)
        self._facts = FactBase()
        for signature, arguments in (*self._translation.initial, *current_facts(self._library, self._translation)):
            self._facts.add(signature, arguments)

    def _apply(self, identity: int, effects: int) -> None:
        atoms = (Atom * effects)()
        self._library.apply_operator(identity, atoms)
        for atom in atoms:
            (name, types), arguments, holds = self._translation.fact_of(atom)
            ended, begun = (f"not_{name}", name) if holds else (name, f"not_{name}")
            self._facts.remove((ended, types), arguments)
            self._facts.add((begun, types), arguments)

    def _turn(self, feedback: str) -> Turn:
        self._applicable: dict[str, tuple[int, int, _Operator]] = {}
        for each in self._listed():
            operator = self._operator(each.name)
            # Of two actions with one text textworld takes the first.
            self._applicable.setdefault(self._command(operator), (each.id, each.nb_effect_atoms, operator))
        names = self._entities
        facts = frozenset((name, *(names[each].name for each in arguments)) for name, arguments in self._facts)
        return Turn(feedback, bool(self._library.check_goal()), tuple(sorted(self._applicable)), facts)

    def _listed(self) -> Sequence[Any]:
        found: Sequence[Any] = (fast_downward.Operator * self._library.get_applicable_operators_count())()
        self._library.get_applicable_operators(found)
        return found

    def _operator(self, text: str) -> _Operator:
        """From Fast Downward's text, such as `gotolocation agent1 loc_1 loc_2 desk_1`."""
        if text not in self._operators:
            action, *arguments = text.split()
            # Parameters that Fast Downward made of an "exists" come last, and are not named.
            bindings = dict(zip(self._translation.parameters[action], arguments, strict=False))
            template = self._logic.commands[action]
            is_lasting = self._logic.grammar.asks_nothing_of(template, self._translation.changing)
            command = self._derive(template, bindings) if is_lasting else None
            self._operators[text] = _Operator(action, bindings, command)
        return self._operators[text]

    def _command(self, operator: _Operator) -> str:
        return operator.command or self._derive(self._logic.commands[operator.action], operator.bindings)

    def _derive(self, template: str, bindings: dict[Placeholder, str]) -> str:
        return self._logic.grammar.derive(template, Scene(self._facts, bindings, self._entities))


@lru_cache(maxsize=8)
def _logic(domain: str, grammar: str, types: tuple[tuple[str, tuple[str, ...]], ...]) -> _Logic:
    source = GameLogic(domain=domain, grammar=grammar)
    for name, parents in types:
        with suppress(ValueError):  # textworld knows the root already
            source.types.add(textworld.logic.Type(name, parents))
    return _Logic(
        Grammar(source.grammar, source.types),
        {name: action.template for name, action in source.actions.items()},
        {name: action.feedback_rule for name, action in source.actions.items()},
    )


def _without_goal(grammar: str) -> tuple[str, str]:
    """The grammar that all games of a kind share, and the words for this game's goal."""
    found = _GOAL.search(grammar)
    return (grammar, "") if found is None else (_GOAL.sub(_NO_GOAL, grammar, count=1), found.group())


def _entities(facts: FactBase) -> dict[str, Any]:
    """Everything that a fact is about, under the names that alfworld gives: `mug_bar_…` is `mug 1`."""
    entities = {symbol: EntityInfo(symbol, kind) for symbol, kind in facts.things()}
    names = Demangler(game_infos=entities, shuffle=False)
    for entity in entities.values():
        entity.name, entity.definite, entity.indefinite = names.demangle_alfred_name(entity.id), "the", "a"
    return entities
