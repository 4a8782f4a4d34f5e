"""A model whose weights, gradients and moments are spread over ranks (FSDP2), and gathered when they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from coso_worker.distributed.ranks import Ranks


class ShardedModel:
    """Shards a Hugging Face model in place: its backbone, and each of the decoder's layers as a unit of its own.

    The output embedding stays whole on every rank: it is asked for chunks of tokens, whose number differs between
    ranks, and gathering needs all of them at once. Input embeddings that are the same tensor stay whole with it.
    """

    def __init__(self, model: Any, ranks: Ranks, device: torch.device) -> None:
        self._model = model
        self._ranks = ranks
        mesh = init_device_mesh(device.type, (ranks.size,))
        whole = set(model.get_output_embeddings().parameters())
        self._layers: list[FSDPModule] = [
            fully_shard(layer, mesh=mesh, ignored_params=whole) for layer in model.get_decoder().layers
        ]
        self._backbone: FSDPModule = fully_shard(model.base_model, mesh=mesh, ignored_params=whole)
        for unit in self._units:
            # A batch's loss is a sum over rows, so gradients are summed and never averaged.
            unit.set_gradient_divide_factor(1.0)
            unit.set_force_sum_reduction_for_comms(True)
        # A rank whose rows show no image must not leave out what the others exchange of the vision tower.
        self._backbone.set_reduce_scatter_unused_params(True)
        self.parameters: list[nn.Parameter] = list(model.parameters())
        self.is_whole = False

    @property
    def _units(self) -> list[FSDPModule]:
        return [self._backbone, *self._layers]

    def gather(self) -> None:
        """Puts all weights on every rank until `spread`, so that ranks may make passes without gradients in any order
        and number. All ranks have to call it."""
        if self.is_whole:
            return
        for unit in self._units:
            unit.set_reshard_after_forward(False, recurse=False)
            unit.unshard()
        self.is_whole = True

    def spread(self) -> None:
        """Frees what was gathered. From here on a pass gathers layers in turn: ranks have to make as many of them."""
        for unit in self._units:
            unit.reshard()
        for layer in self._layers:
            layer.set_reshard_after_forward(True, recurse=False)
        self.is_whole = False

    def whole_state(self) -> dict[str, Tensor]:
        """Every weight by its name, once where two names share one; after `gather`."""
        return {name: parameter.detach() for name, parameter in self._model.named_parameters()}

    @torch.no_grad()
    def take_over(self, state: Mapping[str, Tensor]) -> None:
        """Each rank keeps its part of these weights. Raises ValueError where they are another model's."""
        self.spread()
        named = dict(self._model.named_parameters(remove_duplicate=False))
        if unknown := state.keys() - named.keys():
            raise ValueError(f"expected the weights of this policy, got also {sorted(unknown)[0]}")
        taken = {parameter: state[name] for name, parameter in named.items() if name in state}
        if missing := [name for name, parameter in named.items() if parameter not in taken]:
            raise ValueError(f"expected all weights of this policy, {missing[0]} is missing")
        for parameter, whole in taken.items():
            copy_part(whole, parameter)

    def local_parts(self) -> list[Tensor]:
        """What this rank holds of each weight; after `spread`."""
        return [local_part(parameter) for parameter in self.parameters]

    @torch.no_grad()
    def exchange(self, parts: list[Tensor]) -> None:
        """Swaps what this rank holds with these, in place."""
        self.spread()
        for ours, theirs in zip(self.local_parts(), parts, strict=True):
            kept = ours.clone()
            ours.copy_(theirs)
            theirs.copy_(kept)

    @contextmanager
    def with_parts(self, parts: list[Tensor]) -> Iterator[None]:
        """Inside, the model has these weights."""
        self.exchange(parts)
        try:
            yield
        finally:
            self.exchange(parts)


def local_part(tensor: Tensor) -> Tensor:
    """What this rank holds of a tensor: its shard, or all of it."""
    if isinstance(tensor, DTensor):
        part: Tensor = tensor.to_local().detach()
        return part
    return tensor.detach()


def copy_part(whole: Tensor, into: Tensor) -> None:
    """Copies this rank's part of a whole tensor. Raises ValueError where shapes differ."""
    if whole.shape != into.shape:
        raise ValueError(f"expected a tensor of shape {tuple(into.shape)}, got {tuple(whole.shape)}")
    local_part(into).copy_(local_part(like(whole, into)))


def like(whole: Tensor, parameter: Tensor) -> Tensor:
    """A whole tensor, spread as a parameter is; each rank brings the same."""
    if not isinstance(parameter, DTensor):
        return whole
    on_device = whole.to(parameter.to_local().device)
    return distribute_tensor(on_device, parameter.device_mesh, parameter.placements, src_data_rank=None)
