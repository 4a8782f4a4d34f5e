"""A GGUF file as a checkpoint folder: bfloat16 weights, tokenizer, chat template, and where they came from."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

# What a finished folder has beside a checkpoint's own files.
ORIGIN_FILE = "origin.json"
# Of the loaded configuration: how the weights were packed, and in what type they came out, which is true no longer.
PACKING = ("quantization_config", "dtype", "_name_or_path", "_model_name_or_path")

Origin = dict[str, str]


def write_checkpoint(gguf: Path, directory: Path, origin: Origin, on_stage: Callable[[str], None]) -> bool:
    """Returns whether it was written; False where `directory` holds the same already.

    The folder appears under its name when it is whole. Raises FileExistsError where something else has that name, and
    what transformers raises for a file that it cannot read.
    """
    on_stage("look at the file")
    origin = {**origin, "file": gguf.name, "sha256": sha256_of(gguf)}
    if is_written(directory, origin):
        return False
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}-", dir=directory.parent) as parent:
        partial = Path(parent) / directory.name
        on_stage("read the weights")
        model, tokenizer = read_gguf(gguf)
        on_stage("unpack them")
        unpacked = as_bfloat16(model)
        on_stage("write the checkpoint")
        unpacked.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        (partial / ORIGIN_FILE).write_text(json.dumps(origin, indent=2) + "\n")
        return _named(partial, directory, origin)


def is_written(directory: Path, origin: Origin) -> bool:
    """Raises FileExistsError where the folder is neither absent, empty, nor of this origin."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return False
    file = directory / ORIGIN_FILE
    if file.is_file() and json.loads(file.read_text()) == origin:
        return True
    raise FileExistsError(f"{directory} holds something else; name another folder, or take it away")


def sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_gguf(gguf: Path) -> tuple[Any, Any]:
    """Model with float32 weights, and tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    return model, tokenizer


def as_bfloat16(model: Any) -> Any:
    """The same weights, but for rounding, in a model that knows nothing of a packed file.

    One that was loaded from a packed file refuses to be saved, though its weights are plain numbers by then.
    """
    settings = {name: value for name, value in model.config.to_dict().items() if name not in PACKING}
    config = type(model.config)(**settings)
    fresh = type(model)(config).to(torch.bfloat16)
    fresh.load_state_dict({name: value.to(torch.bfloat16) for name, value in model.state_dict().items()})
    fresh.generation_config = GenerationConfig.from_model_config(config)
    return fresh


def _named(partial: Path, directory: Path, origin: Origin) -> bool:
    try:
        partial.replace(directory)
    except OSError:
        # Another process was faster, or the folder is not ours to replace, which `is_written` says.
        shutil.rmtree(partial)
        if not is_written(directory, origin):
            raise
        return False
    return True
