"""`python -m coso_weights PACKAGE FILE DIRECTORY`: JSON lines on stdout, `{"stage"}` on the way, the outcome last."""

from __future__ import annotations

import json
import signal
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path


def main(package: str, name: str, directory: str) -> None:
    # Asked to stop, it leaves nothing unfinished behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    missing = [each for each in (package, "gguf") if find_spec(module_of(each)) is None]
    gguf = file_of(package, name)
    if missing or gguf is None:
        tell({"missing": missing or [f"{name} of {package}"]})
        return
    # They take seconds to import, which what is missing need not wait for.
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    from coso_weights.gguf_checkpoint import write_checkpoint

    disable_progress_bar()
    set_verbosity_error()
    origin = {"package": package, "version": version(package)}
    try:
        is_new = write_checkpoint(gguf, Path(directory), origin, lambda stage: tell({"stage": stage}))
    except (OSError, ValueError) as error:
        tell({"error": str(error)})
        return
    tell({"directory": directory, "isNew": is_new, **origin})


def module_of(package: str) -> str:
    return package.replace("-", "_")


def file_of(package: str, name: str) -> Path | None:
    """Found, not imported: the package's own code needs libraries that its weights do not."""
    spec = find_spec(module_of(package))
    roots = [] if spec is None else spec.submodule_search_locations or []
    return next((file for root in roots if (file := Path(root) / name).is_file()), None)


def tell(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
