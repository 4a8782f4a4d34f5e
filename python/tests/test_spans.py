"""Character offsets of TypeScript (UTF-16) → tokens."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from coso_worker.spans import action_tokens, deciding_tokens


def test_tokens_from_the_offset_on_are_action_and_the_end_token_with_them() -> None:
    pieces = ['{"a":', ' "x",', ' "action', '": "+"', "}", ""]
    assert action_tokens(pieces, 11).tolist() == [False, False, True, True, True, True]


def test_a_token_that_reaches_into_the_action_belongs_to_it() -> None:
    assert action_tokens(["ab", "cd"], 3).tolist() == [False, True]


def test_characters_beyond_the_basic_plane_count_two() -> None:
    assert action_tokens(["😀", "x", ""], 2).tolist() == [False, True, True]


def test_without_an_action_all_is_thought() -> None:
    assert not action_tokens(["a", ""], None).any()


@given(st.lists(st.text(max_size=4), min_size=1, max_size=8), st.integers(0, 40))
def test_action_tokens_are_a_suffix(pieces: list[str], start: int) -> None:
    marked = action_tokens(pieces, start)
    assert torch.equal(marked, marked.sort().values)


def test_deciding_tokens_share_a_character_with_the_span() -> None:
    pieces = ['"action', '": "', "+", '"', "}", ""]
    assert deciding_tokens(pieces, 11, 12).tolist() == [False, False, True, False, False, False]
    assert deciding_tokens(pieces, 10, 13).tolist() == [False, True, True, True, False, False]


def test_without_a_span_no_token_decides() -> None:
    assert not deciding_tokens(["ab", "", "c"], -1, -1).any()


@given(st.lists(st.text(max_size=4), min_size=1, max_size=8), st.integers(0, 20), st.integers(1, 10))
def test_deciding_tokens_cover_the_span(pieces: list[str], start: int, length: int) -> None:
    whole = "".join(pieces).encode("utf-16-le")
    units = [whole[i : i + 2] for i in range(0, len(whole), 2)]
    covered = deciding_tokens(pieces, start, start + length)
    offset = 0
    for piece, decides in zip(pieces, covered.tolist(), strict=True):
        size = len(piece.encode("utf-16-le")) // 2
        assert decides == bool(set(range(offset, offset + size)) & set(range(start, start + length)))
        offset += size
    assert offset == len(units)
