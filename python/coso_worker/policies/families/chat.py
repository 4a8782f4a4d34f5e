"""One user turn in the words of a checkpoint's chat template, up to where the utterance begins, and what ends it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from coso_worker.errors import BadRequestError

Content = str | list[dict[str, str]]


def text_tokens(tokenizer: Any, prompt: str) -> Tensor:
    """int64 [P], for models whose template takes a string."""
    return _tokens(tokenizer, _user_turn(tokenizer, prompt))


def end_of_turn(tokenizer: Any) -> int:
    """The token that the template puts behind an assistant's words, such as <|im_end|>; the tokenizer's end token where
    it puts none there. They differ in checkpoints whose end token ends documents: those would talk past their turn.
    """
    said = "An answer."
    turns = [{"role": "user", "content": "A question."}, {"role": "assistant", "content": said}]
    talk: str = tokenizer.apply_chat_template(turns, tokenize=False)
    behind = _tokens(tokenizer, talk.rpartition(said)[2]).tolist()
    end: int = tokenizer.eos_token_id
    return behind[0] if behind and behind[0] in tokenizer.added_tokens_decoder else end


def image_tokens(owner: Any, tokenizer: Any, prompt: str, *, placeholder: str, features: int | None) -> Tensor:
    """int64 [P], for models whose template, which is `owner`'s, takes a list: the image first, then the text.

    `features` is how many tokens the vision tower makes of the image; None where there is none. Raises BadRequestError
    unless there is one placeholder an image: none would drop the image silently, one too many would shift the pixels.
    """
    content = [{"type": "text", "text": prompt}]
    if features is not None:
        content.insert(0, {"type": "image"})
    turn = _user_turn(owner, content)
    expected = 0 if features is None else 1
    found = turn.count(placeholder)
    if found != expected:
        raise BadRequestError(
            f"prompts: expected {expected} {placeholder} after the chat template, got {found}; "
            "the template must place the image, and a prompt must not hold the placeholder itself"
        )
    return _tokens(tokenizer, turn.replace(placeholder, placeholder * (features or 0)))


def _user_turn(owner: Any, content: Content) -> str:
    turn: str = owner.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
    )
    return turn


def _tokens(tokenizer: Any, turn: str) -> Tensor:
    # The template has written all special tokens.
    return torch.tensor(tokenizer(turn, add_special_tokens=False)["input_ids"], dtype=torch.long)
