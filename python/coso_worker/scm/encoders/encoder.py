"""What every encoder of an SCM offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn


class Encoder(nn.Module, ABC):
    """Tokens of the policy → states of the encoder's own tokens. The two are the same for an encoder that shares the
    policy's vocabulary."""

    hidden_size: int
    is_frozen: bool = False
    """Its states never change, and only what reads them learns."""

    @abstractmethod
    def forward(self, tokens_NL: Tensor, mask_NL: Tensor) -> tuple[Tensor, Tensor]:
        """States float32 [N, K, H] and their mask [N, K], True at tokens; `mask_NL` is True at tokens likewise."""

    def nullifiable(self, tokens: Sequence[Tensor]) -> list[Tensor]:
        """Stand-ins [L_n] for whole utterances, some of whose tokens a caller will replace by the null token before
        `forward` reads them. They hold until the next call."""
        return list(tokens)
