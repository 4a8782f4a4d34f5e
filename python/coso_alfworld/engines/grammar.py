"""A game's grammar, compiled once: which text describes what happened, given what is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from textworld.envs.pddl import textgen

from coso_alfworld.engines.fact_base import Bindings, FactBase, Query


@dataclass(frozen=True)
class Scene:
    """What a text is derived from: facts, what placeholders stand for, and the game's entities by symbol."""

    facts: FactBase
    bindings: Bindings
    entities: Mapping[str, Any]

    def within(self, bindings: Bindings) -> Scene:
        return Scene(self.facts, bindings, self.entities)

    def variables(self) -> dict[str, Any]:
        return {name: self.entities[symbol] for (name, _), symbol in self.bindings.items()}


Part = Callable[[Scene], list[str]]
"""Derives a list: most parts give one text, a condition gives one for every way in which it holds."""


@dataclass(frozen=True)
class _Rule:
    condition: Query | None
    parts: list[Part]


class Grammar:
    """Derives the same texts as textworld's ContextSensitiveGrammar, which parses and copies anew at every step."""

    def __init__(self, source: Any, types: Any) -> None:
        """`source` is textworld's grammar of the game, `types` its TypeHierarchy."""
        self._source = source
        self._types = types
        self._rules: dict[str, list[_Rule]] = {}
        self._templates: dict[str, list[Part]] = {}
        self._queries: dict[str, Query] = {}

    def derive(self, template: str, scene: Scene) -> str:
        """Raises KeyError where the template names a rule that the grammar lacks."""
        return _joined(self._template(template), scene)

    def asks_nothing_of(self, template: str, predicates: frozenset[str]) -> bool:
        """Whether a template's text is the same whatever holds of these predicates, so that it may be kept."""
        symbols = [each.symbol if isinstance(each, textgen.ListSymbol) else each for each in _symbols(template)]
        if any(isinstance(symbol, textgen.NonterminalSymbol) for symbol in symbols):
            return False
        given = [each.given for each in symbols if isinstance(each, textgen.ConditionalSymbol) and each.given]
        return all(self._query(expression).predicates.isdisjoint(predicates) for expression in given)

    def _template(self, template: str) -> list[Part]:
        if template not in self._templates:
            self._templates[template] = [self._compiled(symbol) for symbol in _symbols(template)]
        return self._templates[template]

    def _query(self, expression: str) -> Query:
        if expression not in self._queries:
            self._queries[expression] = Query(expression, self._types)
        return self._queries[expression]

    def _rules_of(self, name: str) -> list[_Rule]:
        if name not in self._rules:
            sources = self._source._rules.get(name)
            if not sources:
                raise KeyError(f"the game's grammar has no rule {name!r}")
            self._rules[name] = [
                _Rule(
                    self._query(source.condition) if source.condition else None,
                    [self._compiled(symbol) for symbol in source.rhs],
                )
                for source in sources
            ]
        return self._rules[name]

    def _compiled(self, symbol: Any) -> Part:
        if isinstance(symbol, textgen.TerminalSymbol):
            return _constant(str(symbol))
        if isinstance(symbol, textgen.NonterminalSymbol):
            return self._named(str(symbol))
        if isinstance(symbol, textgen.EvalSymbol):
            return _evaluated(compile(symbol.expression.strip(), "<grammar>", "eval"))
        if isinstance(symbol, textgen.ListSymbol):
            return self._listed(self._compiled(symbol.symbol))
        if isinstance(symbol, textgen.ConditionalSymbol):
            return self._conditional(symbol)
        raise NotImplementedError(f"a grammar's symbol of a kind that is not known: {symbol!r}")

    def _named(self, name: str) -> Part:
        def derive(scene: Scene) -> list[str]:
            for rule in self._rules_of(name):
                if rule.condition is None or any(True for _ in rule.condition.answers(scene.facts, scene.bindings)):
                    return [_joined(rule.parts, scene)]
            raise KeyError(f"no rule {name!r} of the game's grammar applies here")

        return derive

    def _conditional(self, symbol: Any) -> Part:
        inner = self._compiled(symbol.expression)
        if not symbol.given:
            return inner
        query = self._query(symbol.given)

        def derive(scene: Scene) -> list[str]:
            answers = query.answers(scene.facts, scene.bindings)
            return [text for answer in answers for text in inner(scene.within(answer))]

        return derive

    def _listed(self, inner: Part) -> Part:
        def derive(scene: Scene) -> list[str]:
            texts = inner(scene)
            if not texts:
                return self._named("list_empty")(scene)
            if len(texts) == 1:
                return texts
            separator, last = self._named("list_separator")(scene)[0], self._named("list_last_separator")(scene)[0]
            return [separator.join(texts[:-1]), last, texts[-1]]

        return derive


@cache
def _symbols(template: str) -> Sequence[Any]:
    parsed: Sequence[Any] = textgen._parse_and_convert(template, rule_name="symbols")
    return parsed


def _joined(parts: Sequence[Part], scene: Scene) -> str:
    return "".join(text for part in parts for text in part(scene))


def _constant(text: str) -> Part:
    return lambda _: [text]


def _evaluated(code: CodeType) -> Part:
    """A game file's grammar holds Python expressions over its entities, which textworld evaluates too."""
    return lambda scene: [str(eval(code, {}, scene.variables()))]
