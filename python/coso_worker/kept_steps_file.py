"""Kept steps on disk and back, so that learning from them goes on exactly: tokens as they were sampled, never text that
would be tokenised again. Causal weights are left out, since every iteration weighs anew what it learns from.

Images lie in a folder that all checkpoints of a run share, each once, as `<key>.png`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Picture
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from coso_worker.errors import WorkerError
from coso_worker.images import Image, ImageStore
from coso_worker.policies.policy import Prompt
from coso_worker.step_store import KeptStep

NUMBERS = "steps.safetensors"
TEXTS = "steps.json"


def save_steps(directory: Path, images: Path, steps: Mapping[int, KeptStep]) -> None:
    """Writes two files into `directory` and what is missing into `images`; nothing at all without steps."""
    if not steps:
        return
    directory.mkdir(parents=True, exist_ok=True)
    kept = list(steps.values())
    numbers = {
        "ids": torch.tensor(list(steps), dtype=torch.int64),
        "values": torch.tensor([step.value for step in kept], dtype=torch.float64),
        **_joined("prompts", [step.prompt.tokens_P.int() for step in kept]),
        **_joined("tokens", [step.tokens_L.int() for step in kept]),
        "log_probs": torch.cat([step.log_probs_L for step in kept]),
        "entropies": torch.cat([step.entropies_L for step in kept]),
        "drawn_log_probs": torch.cat([step.drawn_log_probs_L for step in kept]),
    }
    save_file(numbers, directory / NUMBERS)
    shown = {step.prompt.image.key: step.prompt.image for step in kept if step.prompt.image is not None}
    texts = {
        "texts": [step.text for step in kept],
        "images": [None if step.prompt.image is None else step.prompt.image.key for step in kept],
    }
    (directory / TEXTS).write_text(json.dumps(texts))
    images.mkdir(parents=True, exist_ok=True)
    for image in shown.values():
        _write(images, image)


def load_steps(directory: Path, images: Path, store: ImageStore) -> dict[int, KeptStep]:
    """What `save_steps` wrote; nothing where it wrote nothing. Raises WorkerError `bad-checkpoint` on damage."""
    if not (directory / NUMBERS).is_file():
        return {}
    try:
        return _load(directory, images, store)
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise WorkerError("bad-checkpoint", f"directory: cannot load the steps kept in {directory}: {error}") from error


def _load(directory: Path, images: Path, store: ImageStore) -> dict[int, KeptStep]:
    numbers = load_file(directory / NUMBERS)
    texts = json.loads((directory / TEXTS).read_text())
    lengths = numbers["tokens_lengths"].tolist()
    tokens = numbers["tokens"].long().split(lengths)
    log_probs, entropies = numbers["log_probs"].split(lengths), numbers["entropies"].split(lengths)
    # Written before there was a difference, they are those of sampling.
    drawn_log_probs = numbers.get("drawn_log_probs", numbers["log_probs"]).split(lengths)
    prompts = numbers["prompts"].long().split(numbers["prompts_lengths"].tolist())
    shown = {key: _read(images, key, store) for key in dict.fromkeys(texts["images"]) if key is not None}
    return {
        step_id: KeptStep(
            Prompt(prompts[n], None if texts["images"][n] is None else shown[texts["images"][n]]),
            texts["texts"][n],
            tokens[n],
            log_probs[n],
            entropies[n],
            float(numbers["values"][n]),
            drawn_log_probs[n],
        )
        for n, step_id in enumerate(numbers["ids"].tolist())
    }


def _joined(name: str, rows: Sequence[Tensor]) -> dict[str, Tensor]:
    return {name: torch.cat(list(rows)), f"{name}_lengths": torch.tensor([row.numel() for row in rows])}


def _write(folder: Path, image: Image) -> None:
    path = folder / f"{image.key}.png"
    if path.is_file():
        return
    partial = path.with_suffix(".png.partial")
    Picture.fromarray(image.pixels_HWC).save(partial, format="PNG")
    partial.rename(path)


def _read(folder: Path, key: str, store: ImageStore) -> Image:
    """Raises ValueError for a file whose pixels are not those that its name tells of."""
    path = folder / f"{key}.png"
    with Picture.open(path) as picture:
        image = store.intern(np.asarray(picture.convert("RGB")))
    if image.key != key:
        raise ValueError(f"{path}: its pixels have changed since they were stored")
    return image
