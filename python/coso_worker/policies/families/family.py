"""What differs between model families: how a prompt becomes tokens, an image pixels, and tokens positions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn

from coso_worker.images import Image
from coso_worker.policies.policy import Prompt


class Family(Protocol):
    """One loaded checkpoint. `model` is a Hugging Face model with an output embedding over its decoder's states."""

    model: Any
    tokenizer: Any

    @property
    def vision(self) -> nn.Module | None:
        """The vision tower; None for a model that reads text alone."""
        ...

    @property
    def end_token(self) -> int:
        """What ends an utterance."""
        ...

    def encode(self, prompt: str, image: Image | None) -> Prompt:
        """The chat template applied, image placeholders expanded.

        Raises BadRequestError when the image has no place in the prompt, or the model reads none.
        """
        ...

    def vision_inputs(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        """What the backbone takes beside tokens, for the prompts that show an image, in their order; on the CPU."""
        ...

    def positions(self, tokens_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]) -> Tensor:
        """Position ids [N, P], or [3, N, P] where time, height and width count apart. Padding changes none of them,
        and each text token follows the one before it by 1."""
        ...

    def save_processor(self, directory: Path) -> None:
        """Tokenizer, chat template and image processor, beside the weights."""
        ...
