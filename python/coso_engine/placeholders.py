"""How a prompt shows where its image stands."""

from __future__ import annotations

from collections.abc import Sequence


def one_placeholder(tokens: Sequence[int], image_token: int | None) -> list[int]:
    """A prompt whose image has one placeholder instead of one a feature: vLLM makes them as many itself."""
    return [
        token
        for place, token in enumerate(tokens)
        if token != image_token or place == 0 or tokens[place - 1] != image_token
    ]
