"""A game's PDDL in the form that Fast Downward plays, and the facts that it begins with."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import fast_downward
from textworld.envs.pddl.logic import Atom

from coso_alfworld.engines.fact_base import Arguments, Placeholder, Signature
from coso_alfworld.errors import AlfworldError

KEPT = 512
"""Translations that a process keeps. One takes a fifth of a second to make, and some 20 KB."""

TypedFact = tuple[Signature, Arguments]


@dataclass(frozen=True)
class Translation:
    """`parameters` of every action by name, `types` of every object, `declared` the domain's types with their parents,
    `changing` the predicates that some action changes."""

    packed: bytes
    parameters: dict[str, tuple[Placeholder, ...]]
    types: dict[str, str]
    declared: tuple[tuple[str, tuple[str, ...]], ...]
    initial: tuple[TypedFact, ...]
    changing: frozenset[str]

    @property
    def sas(self) -> bytes:
        return zlib.decompress(self.packed)

    def fact_of(self, atom: Any) -> tuple[Signature, Arguments, bool]:
        """Of Fast Downward's `NegatedAtom holds(agent1, mug_1)` signature, arguments, and whether it holds."""
        sign, rest = atom.name.split(" ", 1)
        name, inside = rest.split("(", 1)
        arguments = tuple(each for each in inside[:-1].split(", ") if each)
        return (name, tuple(self.types[each] for each in arguments)), arguments, sign != "NegatedAtom"


@lru_cache(maxsize=KEPT)
def translated(domain: str, problem: str) -> Translation:
    """Raises AlfworldError `bad-game` on text that is no PDDL."""
    try:
        task, sas = fast_downward.pddl2sas(domain, problem)
    except (Exception, SystemExit) as error:  # its parser was written as a program, which asserts, indexes and exits
        raise AlfworldError("bad-game", f"expected PDDL that Fast Downward can read: {error!r}") from error
    types = {each.name: each.type_name for each in task.objects}
    return Translation(
        zlib.compress(sas.encode()),
        {
            action.name: tuple((each.name.strip("?"), each.type_name) for each in action.parameters)
            for action in task.actions
        },
        types,
        tuple((each.name, tuple(each.supertype_names)) for each in task.types),
        tuple(sorted(_initial(task, types))),
        frozenset(effect.literal.predicate for action in task.actions for effect in action.effects),
    )


def planning_sas(domain: str, problem: str) -> bytes:
    """The form in which the planner searches: without what no plan needs."""
    sas: str = fast_downward.pddl2sas(domain, problem, optimize=True)[1]
    return sas.encode()


def current_facts(library: Any, translation: Translation) -> list[TypedFact]:
    """What Fast Downward holds to be true."""
    atoms = (Atom * library.get_state_size())()
    library.get_state(atoms)
    facts = (translation.fact_of(atom) for atom in atoms)
    return [(signature, arguments) for signature, arguments, holds in facts if holds]


def _initial(task: Any, types: dict[str, str]) -> list[TypedFact]:
    """The problem's own facts, some of which Fast Downward drops since nothing ever changes them."""
    atoms = [each for each in task.init if getattr(each, "predicate", "=") != "="]
    return [((each.predicate, tuple(types[name] for name in each.args)), tuple(each.args)) for each in atoms]
