"""How the ranks meet, and which device is whose."""

from __future__ import annotations

from datetime import timedelta

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from coso_worker.distributed.place import Place
from coso_worker.distributed.ranks import Ranks
from coso_worker.errors import WorkerError

IDLE = timedelta(days=365)
"""How long a rank waits for what comes next: environments may take any time. Ranks that are gone are noticed by their
connections, and by the launcher."""


def join(place: Place) -> tuple[Ranks, Store]:
    """Waits for all ranks. Tensors in memory go over gloo, those on CUDA devices over NCCL, one device a rank."""
    cuda = torch.cuda.is_available()
    if cuda and place.local_rank < torch.cuda.device_count():
        torch.cuda.set_device(place.local_rank)
    store, rank, size = next(iter(rendezvous("env://")))
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if cuda else "cpu:gloo",
        store=PrefixStore("group", store),
        rank=rank,
        world_size=size,
        timeout=IDLE,
    )
    control = dist.new_group(backend="gloo", timeout=IDLE)
    return Ranks(rank, size, place.local_rank, place.local_size, control), PrefixStore("commands", store)


def device_of(name: str, ranks: Ranks) -> torch.device:
    """Raises WorkerError `no-device` where CUDA was asked for and this machine has no device for each of its ranks."""
    devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "cpu" or (name == "auto" and devices == 0):
        return torch.device("cpu")
    if devices == 0:
        raise WorkerError(
            "no-device", "device: expected a CUDA device, found none; set worker.device to 'auto' or 'cpu'"
        )
    if devices < ranks.local_size:
        raise WorkerError(
            "no-device",
            f"worker.processes: expected at most {devices}, a CUDA device each, got {ranks.local_size}; "
            "lower it, or set worker.device to 'cpu'",
        )
    return torch.device("cuda") if ranks.size == 1 else torch.device("cuda", ranks.local_rank)
