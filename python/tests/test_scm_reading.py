"""How a pretrained encoder reads the policy's tokens: whole texts in its own, nullified character by character."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import AutoTokenizer

from conftest import build_params, ignore_progress
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.policies.policy import Policy
from coso_worker.scm.encoders.reading import PolicyText, UtteranceReader
from tiny_bert import write_tiny_bert

LONGEST = 64


class Subject:
    """A policy with its tokenizer, an encoder's tokenizer, and the reader between them."""

    def __init__(self, folder: Path) -> None:
        handlers = Handlers()
        handlers.build(build_params(folder / "policy"), [], ignore_progress)
        self.policy: Policy = handlers.agent.policy
        encoder = write_tiny_bert(folder / "encoder")
        self.tokenizer: Any = AutoTokenizer.from_pretrained(encoder)
        self.mask: int = self.tokenizer.mask_token_id
        self.reader = UtteranceReader(AutoTokenizer.from_pretrained(encoder), self.policy_text, LONGEST)

    @property
    def policy_text(self) -> PolicyText:
        return PolicyText(self.policy.pieces, self.policy.vocabulary_size, self.policy.special_tokens)

    def tokens(self, text: str) -> Tensor:
        return self.policy.tokenize([text])[0]

    def nullified(self, tokens_L: Tensor, positions: set[int]) -> Tensor:
        (places_L,) = self.reader.places([tokens_L])
        for position in positions:
            places_L[position] = self.policy.null_token
        return self.reader.ids(places_L)

    def by_hand(self, tokens_L: Tensor, positions: set[int]) -> list[int]:
        """The encoder's own tokens of the whole text, [MASK] where one shares a character with a nullified piece."""
        pieces = self.policy.pieces(tokens_L)
        stops = list(accumulate(map(len, pieces)))
        gone = {c for i in positions for c in range(stops[i] - len(pieces[i]), stops[i])}
        encoded = self.tokenizer(
            "".join(pieces), return_offsets_mapping=True, truncation=False, padding=False, split_special_tokens=True
        )
        return [
            self.mask if gone & set(range(start, stop)) else token
            for token, (start, stop) in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True)
        ]


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(tmp_path_factory.mktemp("reading"))


words = st.sampled_from(
    ["current", "unhappy", "thinking", '"action": "+"', "  ", " ", "é", "日本", "🙂", "[MASK]", "up,"]
)
texts = st.lists(words | st.text("ab1 ,.", max_size=3), min_size=1, max_size=8).map("".join)


@settings(max_examples=200, deadline=None)
@given(text=texts, data=st.data())
def test_exactly_the_tokens_that_share_a_character_are_masked(subject: Subject, text: str, data: st.DataObject) -> None:
    tokens_L = subject.tokens(text)
    positions = data.draw(st.sets(st.integers(0, tokens_L.numel() - 1), max_size=tokens_L.numel() - 1))
    assert subject.nullified(tokens_L, positions).tolist() == subject.by_hand(tokens_L, positions)


@settings(max_examples=50, deadline=None)
@given(texts)
def test_places_read_as_the_tokens_they_stand_for(subject: Subject, text: str) -> None:
    tokens_L = subject.tokens(text)
    assert torch.equal(subject.nullified(tokens_L, set()), subject.reader.ids(tokens_L))


def test_each_part_of_a_word_falls_with_the_pieces_that_spell_it(subject: Subject) -> None:
    tokens_L = subject.tokens("unhappy")
    pieces = subject.policy.pieces(tokens_L)
    assert len(pieces) > 3  # the policy's tokenizer never saw the word
    un, happy = subject.tokenizer.convert_tokens_to_ids(["un", "##happy"])
    for position, stop in enumerate(accumulate(map(len, pieces[:-1]))):
        expected = [subject.mask, happy] if stop <= 2 else [un, subject.mask]
        assert subject.nullified(tokens_L, {position}).tolist()[1:-1] == expected


def test_a_word_falls_with_any_of_the_pieces_that_share_it(subject: Subject) -> None:
    tokens_L = subject.tokens("happy")
    for position in range(tokens_L.numel() - 1):
        assert subject.nullified(tokens_L, {position}).tolist()[1:-1] == [subject.mask]


def test_what_has_no_character_that_the_encoder_sees_changes_nothing(subject: Subject) -> None:
    tokens_L = subject.tokens("up   go")
    pieces = subject.policy.pieces(tokens_L)
    unseen = {position for position, piece in enumerate(pieces) if piece.strip() == ""}
    assert tokens_L.numel() - 1 in unseen and len(unseen) > 1
    assert torch.equal(subject.nullified(tokens_L, unseen), subject.reader.ids(tokens_L))


def test_a_null_token_in_a_training_text_reads_as_mask(subject: Subject) -> None:
    tokens_L = subject.tokens('"action": "<unk>"')
    assert subject.policy.null_token in tokens_L.tolist()
    spoken_L = subject.tokens('"action": "+"')
    position = subject.policy.pieces(spoken_L).index("+")
    assert torch.equal(subject.reader.ids(tokens_L), subject.nullified(spoken_L, {position}))


def test_what_stands_behind_a_null_token_is_still_found(subject: Subject) -> None:
    tokens_L = subject.tokens("up <unk> target happy")
    position = subject.policy.pieces(tokens_L).index(" target")
    mask, (up, happy) = subject.mask, subject.tokenizer.convert_tokens_to_ids(["up", "happy"])
    assert subject.nullified(tokens_L, {position}).tolist()[1:-1] == [up, mask, mask, happy]


def test_other_utterances_beside_it_change_no_reading(subject: Subject) -> None:
    rows = [subject.tokens(text) for text in ("up", "unhappy", "up", "current is below target")]
    places = subject.reader.places(rows)
    assert torch.equal(places[0], places[2])  # alike, so that scoring computes equal utterances once
    assert set(places[0].tolist()).isdisjoint(places[1].tolist())
    for row_L, places_L in zip(rows, places, strict=True):
        assert torch.equal(subject.reader.ids(places_L), subject.reader.ids(row_L))


def test_an_utterance_of_which_nothing_is_left_reads_as_empty(subject: Subject) -> None:
    empty = [subject.tokenizer.cls_token_id, subject.tokenizer.sep_token_id]
    tokens_L = subject.tokens("up")
    assert subject.nullified(tokens_L, set(range(tokens_L.numel()))).tolist() == empty
    (end_only_L,) = subject.policy.tokenize([""])
    assert subject.reader.ids(end_only_L).tolist() == subject.nullified(end_only_L, {0}).tolist() == empty


def test_what_is_longer_than_the_encoder_is_cut_behind(subject: Subject) -> None:
    long, short = subject.tokens("up " * 100), subject.tokens("up " * 62)
    ids = subject.reader.ids(long)
    assert ids.numel() == LONGEST
    assert torch.equal(ids, subject.reader.ids(short))


def test_places_of_an_earlier_call_are_refused(subject: Subject) -> None:
    (old_L,) = subject.reader.places([subject.tokens("up")])
    subject.reader.places([subject.tokens("unhappy")])
    with pytest.raises(WorkerError, match="places of the last call"):
        subject.reader.ids(old_L)
