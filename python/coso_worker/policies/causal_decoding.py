"""Decoding with a model that reads prompt and utterance as one sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.policies.padding import pad_left
from coso_worker.policies.policy import Prompt
from coso_worker.policies.slot_cache import SlotCache

REFILL_SHARE = 8
"""Waiting prompts are read when one in so many slots is free: together they cost less than one by one."""


@dataclass(frozen=True)
class Backbone:
    """What decoding asks of a model."""

    states: Callable[..., Tensor]
    """Last hidden states [N, P, H]."""
    positions: Callable[[Tensor, Tensor, dict[str, Tensor]], Tensor]
    """Position ids [N, P] or [3, N, P] of tokens, their mask and the vision inputs."""
    vision_inputs: Callable[[Sequence[Prompt]], dict[str, Tensor]]
    layers: int
    padding: int
    device: torch.device


class CausalDecoding:
    """Prompts that are being answered, in slots of one cache; those in use come first.

    Every slot's next token is written at one place, the end. A prompt that is read later is put directly before the
    end, so that it needs as many places as the longest prompt.
    """

    def __init__(self, backbone: Backbone, prompts: Sequence[Prompt], *, max_new_tokens: int, slots: int) -> None:
        self.slots = min(slots, len(prompts))
        self.refill_at = max(1, self.slots // REFILL_SHARE)
        self._backbone = backbone
        self._prompts = prompts
        self._longest_prompt = max(prompt.tokens_P.numel() for prompt in prompts)
        # With prompts waiting, places run out and are moved to the front; twice the room makes that rare.
        rounds = 1 if len(prompts) <= self.slots else 2
        self._places = self._longest_prompt + rounds * max_new_tokens
        self._cache = SlotCache(backbone.layers, self.slots, self._places)
        self._mask_SC = torch.zeros((self.slots, self._places), dtype=torch.bool, device=backbone.device)
        self._starts: list[int] = []
        """Place of each used slot's first token."""
        self._next_position_A: Tensor | None = None
        """[A], or [3, A]: text goes on by 1 from the prompt's last token in every dimension."""
        self._end = self._longest_prompt

    def admit(self, numbers: Sequence[int]) -> Tensor:
        """Reads these prompts into the first free slots; states at their last tokens, [K, H]."""
        prompts = [self._prompts[number] for number in numbers]
        tokens, mask = pad_left([prompt.tokens_P for prompt in prompts], self._backbone.padding)
        tokens_KP, mask_KP = tokens.to(self._backbone.device), mask.to(self._backbone.device)
        vision_inputs = self._backbone.vision_inputs(prompts)
        position_ids = self._backbone.positions(tokens_KP, mask_KP, vision_inputs)
        taken = slice(len(self._starts), len(self._starts) + len(prompts))
        first = self._end - tokens_KP.shape[1]
        self._look_at(taken, read_from=first, write=slice(first, self._end))
        states_KPH = self._backbone.states(
            input_ids=tokens_KP,
            attention_mask=mask_KP,
            position_ids=position_ids,
            past_key_values=self._cache,
            use_cache=True,
            **vision_inputs,
        )
        self._mask_SC[taken] = False
        self._mask_SC[taken, first : self._end] = mask_KP
        self._starts += [self._end - prompt.tokens_P.numel() for prompt in prompts]
        following = position_ids[..., -1] + 1
        present = self._next_position_A
        self._next_position_A = following if present is None else torch.cat([present, following], dim=-1)
        return states_KPH[:, -1]

    def release(self, ended: Sequence[int]) -> list[int]:
        """Frees slots. The last ones in use move into them: for each slot that stays in use, which one it was."""
        order = list(range(len(self._starts)))
        for hole in sorted(ended, reverse=True):
            last = order.pop()
            if hole < len(order):
                order[hole] = last
        moved = [(slot, was) for slot, was in enumerate(order) if slot != was]
        if moved:
            targets, sources = zip(*moved, strict=True)
            places = slice(min(self._starts[was] for was in sources), self._end)
            self._cache.move(sources, targets, places)
            self._mask_SC[list(targets)] = self._mask_SC[list(sources)]
        self._starts = [self._starts[was] for was in order]
        if self._next_position_A is not None:
            self._next_position_A = self._next_position_A[..., order]
        return order

    def read(self, tokens_A: Tensor) -> Tensor:
        """Reads one more token in each used slot; last hidden states [A, H]."""
        assert self._next_position_A is not None
        self._make_room()
        used = slice(0, len(self._starts))
        first = min(self._starts)
        self._mask_SC[used, self._end] = True
        self._look_at(used, read_from=first, write=slice(self._end, self._end + 1))
        self._end += 1
        hidden_A1H = self._backbone.states(
            input_ids=tokens_A.unsqueeze(-1),
            attention_mask=self._mask_SC[used, first : self._end],
            position_ids=self._next_position_A.unsqueeze(-1),
            past_key_values=self._cache,
            use_cache=True,
        )
        self._next_position_A = self._next_position_A + 1
        return hidden_A1H[:, -1]

    def _make_room(self) -> None:
        """Moves what is in use to the front once the last place is taken."""
        if self._end < self._places:
            return
        first = min(self._starts)
        # Not further than leaves the longest prompt room before the end.
        end = max(self._end - first, self._longest_prompt)
        self._cache.shift(first, self._end, end - (self._end - first))
        moved_by = self._end - end
        self._mask_SC[:, : self._places - moved_by] = self._mask_SC[:, moved_by:].clone()
        self._mask_SC[:, self._places - moved_by :] = False
        self._starts = [start - moved_by for start in self._starts]
        self._end = end

    def _look_at(self, slots: slice, *, read_from: int, write: slice) -> None:
        window = self._cache.window
        window.slots, window.read_from, window.write = slots, read_from, write
