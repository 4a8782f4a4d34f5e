"""A key-value cache whose memory is taken once: a row is a slot, which one prompt after another is answered in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin


@dataclass
class Window:
    """Which part of [slots, places] the present pass writes, and from which place on it reads.

    All rows write at the same place, whatever they hold: a prompt that comes later stands directly before it, as if
    padded on the left. So a pass reads one slice, and no row is gathered.
    """

    slots: slice
    read_from: int
    write: slice


class SlotLayer(CacheLayerMixin):
    """Keys and values [slots, heads, places, head size] of one layer."""

    def __init__(self, num_slots: int, places: int, window: Window) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._num_slots, self._places = num_slots, places
        self._window = window
        self._stored: tuple[Tensor, ...] = ()

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        # Zeros and not whatever memory held: a masked NaN is still a NaN in a sum.
        self._stored = tuple(
            states.new_zeros((self._num_slots, states.shape[1], self._places, states.shape[3]))
            for states in (key_states, value_states)
        )
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        if not self._stored:
            self.lazy_initialization(key_states, value_states)
        keys, values = self._stored
        slots, write = self._window.slots, self._window.write
        keys[slots, :, write], values[slots, :, write] = key_states, value_states
        read = slice(self._window.read_from, write.stop)
        return keys[slots, :, read], values[slots, :, read]

    def move(self, sources: Sequence[int], targets: Sequence[int], places: slice) -> None:
        for stored in self._stored:
            stored[list(targets), :, places] = stored[list(sources), :, places]

    def shift(self, start: int, stop: int, to: int) -> None:
        for stored in self._stored:
            stored[:, :, to : to + stop - start] = stored[:, :, start:stop].clone()

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        length: int = self._window.write.stop - self._window.read_from
        return length, 0

    def get_seq_length(self) -> int:
        length: int = self._window.write.start - self._window.read_from
        return length

    def get_max_length(self) -> int:
        return self._places


class SlotCache(Cache):
    """What Hugging Face's models take as `past_key_values`, for passes over the part that `window` names."""

    def __init__(self, layers: int, num_slots: int, places: int) -> None:
        self.window = Window(slice(0, 0), 0, slice(0, 0))
        self._slot_layers = [SlotLayer(num_slots, places, self.window) for _ in range(layers)]
        super().__init__(layers=list(self._slot_layers))

    def move(self, sources: Sequence[int], targets: Sequence[int], places: slice) -> None:
        """Copies what slots hold at `places` into other slots."""
        for layer in self._slot_layers:
            layer.move(sources, targets, places)

    def shift(self, start: int, stop: int, to: int) -> None:
        """Moves the places from `start` to `stop` of all slots to `to`."""
        for layer in self._slot_layers:
            layer.shift(start, stop, to)
