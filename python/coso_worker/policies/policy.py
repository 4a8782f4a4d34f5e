"""What the worker asks of a policy, whatever its family.

Shapes: N rows, P prompt tokens (left-padded), L utterance tokens (right-padded), T utterance tokens of all rows one
after another, H hidden size, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from coso_worker.images import Image

LearningStage = Literal["sft", "rl"]


@dataclass(frozen=True)
class Prompt:
    """What the policy conditions on: tokens with image placeholders already expanded, and the image they stand for."""

    tokens_P: Tensor
    image: Image | None


@dataclass(frozen=True)
class Sampling:
    """How N utterances are drawn."""

    temperature: float
    max_new_tokens: int
    draws_NL: Tensor | None
    """float64 [N, max_new_tokens] in [0, 1): what decides each token, `row_draws` makes them. None: the likeliest."""


@dataclass(frozen=True)
class Sampled:
    """Utterances as they were drawn. What is kept of them is never tokenised again."""

    tokens: list[Tensor]
    """N tensors int64 [L_n], the end token included where the utterance ended by itself."""
    log_probs: list[Tensor]
    """N tensors float32 [L_n], at the sampling temperature."""
    entropies: list[Tensor]
    """N tensors float32 [L_n]: of the whole vocabulary in each token's place, nats, at the sampling temperature."""
    finished: list[bool]
    values_N: Tensor
    drawn_log_probs: list[Tensor] | None = None
    """N tensors float32 [L_n], by whatever drew them; None: the same as `log_probs`."""


@dataclass(frozen=True)
class Hidden:
    """Last hidden states of the backbone where they are needed, and nowhere else."""

    utterance_TH: Tensor
    """States from which each utterance token is predicted."""
    state_NH: Tensor
    """State at the prompt's last token: what V(s) is read from."""


class Policy(Protocol):
    """A token policy π(y|s) with a value head on its last hidden state (RL4VLM)."""

    model: Any
    value_head: nn.Module
    vocabulary_size: int
    state_size: int
    """Width of the state that V(s) is read from."""
    end_token: int
    null_token: int
    """y_null of Eq. 4: the tokenizer's unknown token, or padding where it has none."""
    null_text: str
    """What the null token looks like as text."""
    special_tokens: frozenset[int]
    forbidden_tokens: frozenset[int]
    """Never sampled: their probability is exactly 0."""
    device: torch.device

    def encode(self, prompts: Sequence[str], images: Sequence[Image | None]) -> list[Prompt]:
        """Applies the chat template and expands image placeholders."""
        ...

    def tokenize(self, utterances: Sequence[str]) -> list[Tensor]:
        """Tokens of given texts with the end token; int64 [L_n] each. Some may be forbidden ones, such as y_null's."""
        ...

    def text(self, tokens_L: Tensor) -> str:
        """The utterance as text, without the end token."""
        ...

    def pieces(self, tokens_L: Tensor) -> list[str]:
        """One string a token; their concatenation is `text` (the end token is the empty string)."""
        ...

    def piece(self, token: int) -> str:
        """A token's text by itself; empty for the end token."""
        ...

    def null_token_of(self, kind: Literal["unknown", "padding", "end"]) -> int:
        """Stand-ins for y_null by name."""
        ...

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling, *, slots: int) -> Sampled:
        """An utterance for each prompt, `slots` of them in the making at once: others wait until one has ended.

        What is drawn for a prompt depends on its own draws, and on other prompts by rounding alone.
        """
        ...

    def hidden(self, prompts: Sequence[Prompt], utterances: Sequence[Tensor], *, reference: bool = False) -> Hidden:
        """A training pass over prompt and utterance; differentiable unless `reference`."""
        ...

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        """float32 [T, V]; tokens that may not be sampled have a probability of exactly 0."""
        ...

    def values(self, state_NH: Tensor) -> Tensor:
        """V(s), float32 [N]."""
        ...

    def learning_parameters(self) -> list[nn.Parameter]:
        """The policy's weights that an optimiser may change, without the value head's."""
        ...

    def learning(self, stage: LearningStage) -> AbstractContextManager[None]:
        """Inside, passes are made as learning needs them: dropout where the policy has some for this stage, activations
        computed again where they are not kept."""
        ...

    def keep_reference(self) -> None:
        """Freezes a copy of the present policy for the KL term."""
        ...

    @property
    def reference(self) -> nn.Module | None:
        """What of the frozen copy is saved with a checkpoint; None where there is no copy."""
        ...

    def save_pretrained(self, directory: Path) -> None:
        """Writes a folder in Hugging Face's form, which `from_pretrained` reads."""
        ...

    def load_pretrained(self, directory: Path) -> None:
        """Takes over the weights of such a folder, which must be of the same shape."""
        ...
