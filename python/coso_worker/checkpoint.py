"""Everything that the worker holds, on disk and back: safetensors for weights, torch's own format for optimisers.

The worker draws no random numbers of its own, so there is no generator state to keep.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch import nn

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
) -> int:
    """Writes into `directory`, the manifest last, and returns the bytes written.

    `policy` becomes a folder in Hugging Face's form. `modules` and `optimisers` that are None are left out; with parts
    `agent` only the value head and the SCM go along.
    """
    directory.mkdir(parents=True, exist_ok=True)
    policy.save_pretrained(directory / POLICY)
    kept = {name: module for name, module in modules.items() if module is not None}
    if parts == "agent":
        kept = {name: module for name, module in kept.items() if name in AGENT_MODULES}
    for name, module in kept.items():
        save_model(module, str(directory / f"{name}.safetensors"))
    if parts == "all":
        for name, optimiser in optimisers.items():
            if optimiser is not None:
                torch.save(optimiser.state_dict(), directory / f"{name}.pt")
    (directory / MANIFEST).write_text(json.dumps({"parts": parts, "modules": sorted(kept)}))
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
            if module is not None:
                load_model(module, str(directory / f"{name}.safetensors"))
        if parts == "all":
            for name, optimiser in optimisers.items():
                file = directory / f"{name}.pt"
                if optimiser is not None and file.is_file():
                    optimiser.load_state_dict(torch.load(file, weights_only=True))
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise WorkerError("bad-checkpoint", f"directory: cannot load {directory}: {error}") from error
    return parts
