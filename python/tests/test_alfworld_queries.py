"""Queries answer as textworld's state does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")

from textworld.logic import GameLogic as TextworldLogic
from textworld.logic import Placeholder, Proposition, Rule, State, Type, Variable

from coso_alfworld.engines.fact_base import FactBase, Query

QUERIES = [
    "on(o:thing, r:place)",
    "on(o:thing, r:place) & open(r:place)",
    "on(o:thing, r:place) & on(p:thing, r:place)",
    "near(r:place, s:place) & open(s:place)",
    "on(o:thing, r:place) & open(r:place) & near(r:place, s:place)",
]
THINGS = ["apple", "book", "cup"]
PLACES = ["desk", "fridge", "shelf"]

facts = st.sets(
    st.one_of(
        st.tuples(st.just("on"), st.sampled_from(THINGS), st.sampled_from(PLACES)),
        st.tuples(st.just("open"), st.sampled_from(PLACES)),
        st.tuples(st.just("near"), st.sampled_from(PLACES), st.sampled_from(PLACES)),
    ),
    max_size=12,
)


@given(facts, st.sampled_from(QUERIES), st.sampled_from([None, "desk", "shelf"]))
def test_a_query_answers_as_textworld_does(rows: set[tuple[str, ...]], expression: str, place: str | None) -> None:
    logic = TextworldLogic()
    for name in ("thing", "place"):
        logic.types.add(Type(name, []))
    kind_of = dict.fromkeys(THINGS, "thing") | dict.fromkeys(PLACES, "place")
    theirs = State(logic)
    ours = FactBase()
    for name, *arguments in rows:
        theirs.add_fact(Proposition(name, [Variable(each, kind_of[each]) for each in arguments]))
        ours.add((name, tuple(kind_of[each] for each in arguments)), tuple(arguments))
    bound = {} if place is None else {("r", "place"): place}
    given_theirs = {Placeholder(name, kind): Variable(symbol, kind) for (name, kind), symbol in bound.items()}

    expected = [
        {(placeholder.name, placeholder.type): variable.name for placeholder, variable in answer.items()}
        for answer in theirs.all_assignments(Rule.parse_conjunctive_query(expression), given_theirs)
    ]
    assert list(Query(expression, logic.types).answers(ours, bound)) == expected
