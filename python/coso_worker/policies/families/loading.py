"""Where checkpoints come from, and what is said when one cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coso_worker.errors import WorkerError

SETTING = "policy.path"
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def checkpoint_source(path: str, setting: str = SETTING) -> str:
    """A folder with a config.json, or a name on the hub. Raises WorkerError `bad-checkpoint` for neither.

    `setting` is the field that names it, here and below.
    """
    if Path(path).is_dir():
        if not (Path(path) / "config.json").is_file():
            raise bad_checkpoint(
                path, "the folder has no config.json; expected a checkpoint in Hugging Face's form", setting
            )
        return path
    if HUB_NAME.fullmatch(path):
        return path
    raise bad_checkpoint(
        path, "expected a checkpoint folder with config.json, or a hub name such as llava-hf/…", setting
    )


def bad_checkpoint(path: str, reason: str, setting: str = SETTING) -> WorkerError:
    """The field, and what is wrong with what it names."""
    return WorkerError("bad-checkpoint", f"{setting}: cannot load {path}: {reason}")


@contextmanager
def reading(path: str, setting: str = SETTING) -> Iterator[None]:
    """Turns what the libraries raise for files that are missing or damaged into WorkerError `bad-checkpoint`."""
    try:
        yield
    except ImportError as error:
        raise bad_checkpoint(path, f"policy.attention or a processor needs a package: {error}", setting) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise bad_checkpoint(path, str(error), setting) from error


def require_vocabulary(path: str, tokenizer: Any) -> None:
    """A folder that lacks its tokenizer files may load as a tokenizer that knows special tokens alone."""
    if set(tokenizer("action", add_special_tokens=False)["input_ids"]) <= set(tokenizer.all_special_ids):
        raise bad_checkpoint(
            path,
            "its tokenizer has no words; copy tokenizer.json (or tokenizer.model) and tokenizer_config.json from the "
            "model that it was made from",
        )


def require_chat_template(path: str, owner: Any) -> None:
    """Without one there is no telling how the checkpoint was taught to be spoken to."""
    if getattr(owner, "chat_template", None) is None:
        raise bad_checkpoint(
            path,
            "it has no chat template; copy chat_template.jinja (or tokenizer_config.json with a chat_template) from "
            "the model that it was made from",
        )


def require_image_processor(path: str, processor: Any) -> None:
    """A folder that lacks its processor files loads as a tokenizer alone, which would show the policy no image."""
    if getattr(processor, "image_processor", None) is None:
        raise bad_checkpoint(
            path,
            "it has no image processor; copy preprocessor_config.json and processor_config.json from the model that it "
            "was made from",
        )
