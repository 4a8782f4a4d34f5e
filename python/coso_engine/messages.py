"""What goes between the worker and an engine in an environment of its own. Both sides import this file, which needs
msgspec alone.

A request and its reply are one msgpack frame each; raw images follow a request as frames of their own. One request is
answered before the next is read.
"""

from __future__ import annotations

from typing import Literal

import msgspec

FailureKind = Literal["request", "memory", "unserved", "internal"]
"""- `request`: what was asked for does not fit · `memory`: too little of it · `unserved`: this installation does not
serve the checkpoint · `internal`: anything else"""


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """Field names and types are the protocol."""


class Load(Message, tag="load"):
    """Reads a checkpoint; first of all requests, and answered by `Ready`."""

    checkpoint: str
    """Folder in Hugging Face's form."""
    dtype: Literal["float32", "bfloat16"]
    slots: int
    """Utterances in the making at once."""
    memory_share: float
    """Of the accelerator's memory, for weights and cache together."""
    cache_bytes: int | None
    """Of the cache of keys and values. None: what `memory_share` leaves, or 1 GiB where there is no accelerator."""
    forbidden_tokens: list[int]
    """Never sampled; log-probs are over the others."""
    reads_images: bool
    adapter_rank: int
    """Of adapters that are handed over later; 0: whole weights are."""
    can_sleep: bool


class Picture(Message):
    """An image: frame number `frame` of the request holds uint8 [height, width, 3]."""

    frame: int
    height: int
    width: int


class Generate(Message, tag="generate"):
    """Utterances for N prompts; answered by `Generated`."""

    prompts: list[list[int]]
    """Token ids; one placeholder for an image."""
    pictures: list[Picture | None]
    seeds: list[int] | None
    """What is drawn for a row depends on its own. None: the likeliest tokens."""
    temperature: float
    max_new_tokens: int
    end_token: int


class Update(Message, tag="update"):
    """Other weights, all of them, in safetensors files under the checkpoint's names; answered by `Done`."""

    folder: str


class Adapter(Message, tag="adapter"):
    """Other adapters, in a folder as peft writes it; answered by `Done`. A version is handed over once."""

    folder: str
    version: int


class Sleep(Message, tag="sleep"):
    """Gives back the accelerator's memory until the next request of another kind; answered by `Done`."""


class Shutdown(Message, tag="shutdown"):
    """Ends the process; answered by `Done`."""


Request = Load | Generate | Update | Adapter | Sleep | Shutdown


class Ready(Message, tag="ready"):
    """The checkpoint is loaded."""

    version: str
    """Of vLLM."""
    device: str
    """`cpu` or `cuda`, as vLLM found it."""
    longest: int
    """Most tokens of a prompt and its utterance together."""


class Generated(Message, tag="generated"):
    tokens: list[list[int]]
    """The end token included where the utterance ended by itself."""
    log_probs: list[list[float]] | None
    """Of these tokens at the sampling temperature, over what may be said; None for the likeliest ones."""


class Done(Message, tag="done"):
    """Nothing else to tell."""


class Failed(Message, tag="failed"):
    """The request was not carried out; the process lives on."""

    kind: FailureKind
    message: str
    traceback: str


Reply = Ready | Generated | Done | Failed
