"""What is true in a game, indexed by predicate, and the queries that a grammar asks of it."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textworld.logic import Rule

Signature = tuple[str, tuple[str, ...]]
"""A predicate's name and the types of its arguments."""
Arguments = tuple[str, ...]
Placeholder = tuple[str, str]
"""Name and type, as textworld tells one from another."""
Bindings = Mapping[Placeholder, str]


class FactBase:
    """Facts by signature, each list in order, since queries answer in that order."""

    def __init__(self) -> None:
        self._facts: defaultdict[Signature, list[Arguments]] = defaultdict(list)

    def __iter__(self) -> Iterator[tuple[str, Arguments]]:
        for (name, _), rows in self._facts.items():
            for arguments in rows:
                yield name, arguments

    def with_signature(self, signature: Signature) -> Sequence[Arguments]:
        return self._facts.get(signature, ())

    def add(self, signature: Signature, arguments: Arguments) -> None:
        rows = self._facts[signature]
        if arguments not in rows:
            insort(rows, arguments)

    def remove(self, signature: Signature, arguments: Arguments) -> None:
        rows = self._facts.get(signature)
        if rows is not None and arguments in rows:
            rows.remove(arguments)

    def things(self) -> set[tuple[str, str]]:
        """Every argument of any fact, with its type."""
        return {
            thing
            for (_, types), rows in self._facts.items()
            for arguments in rows
            for thing in zip(arguments, types, strict=True)
        }


@dataclass(frozen=True)
class _Condition:
    signatures: tuple[Signature, ...]
    placeholders: tuple[Placeholder, ...]


class Query:
    """A conjunction such as `atlocation(a:agent, l:location) & receptacleatlocation(r:receptacle, l:location)`."""

    def __init__(self, expression: str, types: Any) -> None:
        """`types` is the game's textworld TypeHierarchy: a condition on a type is met by facts about its subtypes."""
        self._conditions = [
            _Condition(
                tuple(
                    (predicate.name, tuple(each.name for each in subtypes))
                    for subtypes in types.multi_subtypes([types.get(name) for name in predicate.signature.types])
                ),
                tuple((placeholder.name, placeholder.type) for placeholder in predicate.parameters),
            )
            for predicate in Rule.parse_conjunctive_query(expression).preconditions
        ]

    @property
    def predicates(self) -> set[str]:
        return {name for condition in self._conditions for name, _ in condition.signatures}

    def answers(self, facts: FactBase, bindings: Bindings) -> Iterator[dict[Placeholder, str]]:
        """Every way to bind the query's placeholders so that all conditions hold; two of them never bind one thing."""
        return self._from(0, facts, dict(bindings))

    def _from(self, depth: int, facts: FactBase, bindings: dict[Placeholder, str]) -> Iterator[dict[Placeholder, str]]:
        if depth == len(self._conditions):
            yield bindings
            return
        condition = self._conditions[depth]
        for signature in condition.signatures:
            for arguments in facts.with_signature(signature):
                extended = _extended(bindings, condition.placeholders, arguments)
                if extended is not None:
                    yield from self._from(depth + 1, facts, extended)


def _extended(
    bindings: dict[Placeholder, str], placeholders: Sequence[Placeholder], arguments: Arguments
) -> dict[Placeholder, str] | None:
    extended = dict(bindings)
    for placeholder, argument in zip(placeholders, arguments, strict=True):
        bound = extended.get(placeholder)
        if bound is None:
            if argument in extended.values():
                return None
            extended[placeholder] = argument
        elif bound != argument:
            return None
    return extended
