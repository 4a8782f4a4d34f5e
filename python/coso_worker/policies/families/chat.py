"""One user turn in the words of a checkpoint's chat template."""

from __future__ import annotations

from typing import Any

from coso_worker.errors import BadRequestError


def user_turn(owner: Any, prompt: str, *, has_image: bool) -> str:
    """The template's text up to where the utterance begins; `owner` is a processor or a tokenizer."""
    content: Any = [{"type": "text", "text": prompt}]
    if has_image:
        content.insert(0, {"type": "image"})
    text: str = owner.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
    )
    return text


def plain_user_turn(tokenizer: Any, prompt: str) -> str:
    """The same for templates of text models, which take a string."""
    text: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False
    )
    return text


def expand_placeholder(text: str, placeholder: str, count: int, *, has_image: bool) -> str:
    """Each image token stands for one feature of the vision tower.

    Raises BadRequestError unless there is one placeholder an image: none would drop the image silently, one too many
    would shift the pixels.
    """
    expected = 1 if has_image else 0
    found = text.count(placeholder)
    if found != expected:
        raise BadRequestError(
            f"prompts: expected {expected} {placeholder} after the chat template, got {found}; "
            "the template must place the image, and a prompt must not hold the placeholder itself"
        )
    return text.replace(placeholder, placeholder * count)
