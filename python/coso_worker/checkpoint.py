"""Everything that the worker holds, on disk and back: safetensors for weights, torch's own format for optimisers.

The worker draws no random numbers of its own, so there is no generator state to keep.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, load_model, save_file, save_model
from torch import nn

from coso_worker.distributed.optimiser_state import take_over_state, whole_state
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.distributed.sharded_policy import ShardedPolicy, ShardedReference
from coso_worker.errors import WorkerError
from coso_worker.policies.policy import Policy

Parts = Literal["all", "agent"]
MANIFEST = "worker.json"
POLICY = "policy"
AGENT_MODULES = frozenset({"value_head", "scm"})


def save_checkpoint(
    directory: Path,
    parts: Parts,
    *,
    policy: Policy,
    modules: dict[str, nn.Module | None],
    optimisers: dict[str, torch.optim.Optimizer | None],
    ranks: Ranks = ALONE,
) -> int:
    """Writes into `directory`, the manifest last, and returns the bytes written.

    Rank 0 writes, and what is spread over ranks is whole on disk, so that any number of them can read it.

    `policy` becomes a folder in Hugging Face's form. `modules` and `optimisers` that are None are left out; with parts
    `agent` only the value head and the SCM go along.
    """
    kept = {name: module for name, module in modules.items() if module is not None}
    if parts == "agent":
        kept = {name: module for name, module in kept.items() if name in AGENT_MODULES}
    # What is spread is gathered by all ranks, before one of them writes.
    gathered = {name: module.whole_state() for name, module in kept.items() if isinstance(module, ShardedReference)}
    states = {
        name: whole_state(optimiser)
        for name, optimiser in (optimisers if parts == "all" else {}).items()
        if optimiser is not None
    }
    if isinstance(policy, ShardedPolicy):
        policy.gather()

    def write() -> None:
        directory.mkdir(parents=True, exist_ok=True)
        policy.save_pretrained(directory / POLICY)
        for name, module in kept.items():
            file = directory / f"{name}.safetensors"
            if name in gathered:
                save_file(gathered[name], file)
            else:
                save_model(module, str(file))
        for name, state in states.items():
            torch.save(state, directory / f"{name}.pt")
        (directory / MANIFEST).write_text(json.dumps({"parts": parts, "modules": sorted(kept)}))

    ranks.first_does(write)
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())


def load_checkpoint(
    directory: Path,
    *,
    policy: Policy,
    modules: dict[str, nn.Module | None],
    optimisers: dict[str, torch.optim.Optimizer | None],
) -> Parts:
    """Reads what `save_checkpoint` wrote into objects of the same shapes.

    Raises WorkerError `bad-checkpoint` when the folder is incomplete or of another shape.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
        parts: Parts = manifest["parts"]
        policy.load_pretrained(directory / POLICY)
        for name in manifest["modules"]:
            module = modules.get(name)
            if isinstance(module, ShardedReference):
                module.take_over(load_file(directory / f"{name}.safetensors"))
            elif module is not None:
                load_model(module, str(directory / f"{name}.safetensors"))
        if parts == "all":
            for name, optimiser in optimisers.items():
                file = directory / f"{name}.pt"
                if optimiser is not None and file.is_file():
                    take_over_state(optimiser, torch.load(file, weights_only=True))
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise WorkerError("bad-checkpoint", f"directory: cannot load {directory}: {error}") from error
    return parts
