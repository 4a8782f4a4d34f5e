"""What goes between the worker and an engine in a process of its own, perhaps in an environment of its own. Both sides
import this file, which needs msgspec alone.

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


class LoadVllm(Message, tag="load-vllm"):
    """Reads a checkpoint into vLLM; first of all requests, and answered by `Ready`."""

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
    image_token: int | None
    """Stands for an image in prompts, once for each of its features; None where prompts are text."""
    adapter_rank: int
    """Of adapters that are handed over later; 0: whole weights are."""
    can_sleep: bool


class LoadPolicy(Message, tag="load-policy"):
    """Builds a policy of the worker's own kinds; first of all requests, and answered by `Ready`. Its weights are handed
    over before anything is said."""

    policy: bytes
    """`PolicySpec` of the worker's protocol, as msgpack."""
    device: Literal["cpu", "cuda"]
    dtype: Literal["float32", "bfloat16"]
    slots: int
    """Utterances in the making at once."""


Load = LoadVllm | LoadPolicy


class Picture(Message):
    """An image: frame number `frame` of the request holds uint8 [height, width, 3]."""

    frame: int
    height: int
    width: int


class Generate(Message, tag="generate"):
    """Utterances for N prompts; answered by `Generated`."""

    prompts: list[list[int]]
    """Token ids; an image has one placeholder for each of its features."""
    pictures: list[Picture | None]
    draws: int | None
    """Number of the frame that decides each token: float64 [N, max_new_tokens] in [0, 1). What is drawn for a row
    depends on its own. None: the likeliest tokens."""
    temperature: float
    max_new_tokens: int
    end_token: int


class Update(Message, tag="update"):
    """Other weights, all that change, in safetensors files under the checkpoint's names; answered by `Done`."""

    folder: str


class Adapter(Message, tag="adapter"):
    """Other adapters, in a folder as peft writes it; answered by `Done`. A version is handed over once. For vLLM."""

    folder: str
    version: int


class Sleep(Message, tag="sleep"):
    """Gives back the accelerator's memory until the next request of another kind; answered by `Done`."""


class Shutdown(Message, tag="shutdown"):
    """Ends the process; answered by `Done`."""


Request = LoadVllm | LoadPolicy | Generate | Update | Adapter | Sleep | Shutdown


class Ready(Message, tag="ready"):
    """The checkpoint is loaded."""

    version: str
    """Of what samples: vLLM, or PyTorch."""
    device: str
    """`cpu` or `cuda`, as it found it."""
    longest: int | None
    """Most tokens of a prompt and its utterance together; None: as many as there is memory for."""


class Generated(Message, tag="generated"):
    tokens: list[list[int]]
    """The end token included where the utterance ended by itself and there is one."""
    finished: list[bool]
    """Whether each ended by itself."""
    log_probs: list[list[float]] | None
    """Of these tokens at the sampling temperature, over what may be said; None where that is not known, as of vLLM's
    likeliest ones."""


class Done(Message, tag="done"):
    """Nothing else to tell."""


class Failed(Message, tag="failed"):
    """The request was not carried out; the process lives on."""

    kind: FailureKind
    message: str
    traceback: str


Reply = Ready | Generated | Done | Failed
