"""What critics see: states and texts as numbers, by an encoder that they never change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from coso_worker.critics.episodes import View
from coso_worker.critics.text_encoder import TextEncoder
from coso_worker.distributed.ranks import Ranks
from coso_worker.policies.policy import Policy, Prompt

Item = TypeVar("Item")


class Features:
    """Each distinct prompt and text is encoded once while this lives, which should be no longer than θ stays the same.

    A state is the policy's at a prompt's last token: of the one before and of the present one. With a text encoder the
    present prompt's text goes along, and instructions are read by it alone; without, the policy reads them, imageless.
    Every rank asks for the same, reads its share and gets all.
    """

    def __init__(self, policy: Policy, text_encoder: TextEncoder | None, micro_batch: int, ranks: Ranks) -> None:
        self._ranks = ranks
        self._policy = policy
        self._text_encoder = text_encoder
        self._micro_batch = micro_batch
        self._known: dict[Hashable, Tensor] = {}

    def of_views(self, views: Sequence[View]) -> Tensor:
        """float32 [N, F]"""
        before_NH = self._of_prompts([view.before.prompt for view in views])
        present_NH = self._of_prompts([view.state.prompt for view in views])
        parts = [before_NH, present_NH]
        if self._text_encoder is not None:
            parts.append(self._of_texts([view.state.text for view in views], self._text_encoder))
        return torch.cat(parts, dim=-1)

    def of_instructions(self, instructions: Sequence[str]) -> Tensor:
        """float32 [N, H]"""
        if self._text_encoder is not None:
            return self._of_texts(instructions, self._text_encoder)
        distinct = list(dict.fromkeys(instructions))
        prompts = dict(zip(distinct, self._policy.encode(distinct, [None] * len(distinct)), strict=True))
        return self._of_prompts([prompts[text] for text in instructions])

    def _of_texts(self, texts: Sequence[str], encoder: TextEncoder) -> Tensor:
        return self._each([("text", text) for text in texts], texts, encoder.features)

    def _of_prompts(self, prompts: Sequence[Prompt]) -> Tensor:
        keys = [_key(prompt) for prompt in prompts]
        return self._each(keys, prompts, self._states)

    def _states(self, prompts: Sequence[Prompt]) -> Tensor:
        # An utterance of one token: the state that it is predicted from is the one that V(s) of PPO is read from.
        silence = [torch.tensor([self._policy.end_token])] * len(prompts)
        with torch.no_grad():
            return self._policy.hidden(prompts, silence).state_NH.float()

    def _each(
        self, keys: Sequence[Hashable], items: Sequence[Item], encode: Callable[[Sequence[Item]], Tensor]
    ) -> Tensor:
        new = {key: item for key, item in zip(keys, items, strict=True) if key not in self._known}
        own = self._ranks.share_of(list(new.values()))
        encoded: list[Tensor] = []
        for start in range(0, len(own), self._micro_batch):
            encoded += encode(own[start : start + self._micro_batch])
        joined = self._ranks.join_tensors(encoded, torch.float32)
        self._known.update((key, row.to(self._policy.device)) for key, row in zip(new, joined, strict=True))
        return torch.stack([self._known[key] for key in keys])


def _key(prompt: Prompt) -> Hashable:
    return prompt.tokens_P.numpy().tobytes(), None if prompt.image is None else prompt.image.key
