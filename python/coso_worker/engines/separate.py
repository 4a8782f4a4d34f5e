"""vLLM in a process of its own says the utterances; the policy that learns reads them again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from coso_engine_vllm import messages
from coso_worker.engines.engine_process import EngineDiedError, EngineProcess
from coso_worker.engines.reading_again import read_again
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.protocol.messages import VllmEngine as VllmSpec

START_SECONDS = 480.0
"""A start in the middle of a rollout has to fit into the time limit of `act`, with room for the utterances."""
SHARED_MEMORY = Path("/dev/shm")
SEED_VALUES = 2**53
"""Seeds that a float64 in [0, 1) can tell apart."""


class VllmEngine:
    """Holds a copy of the policy, and brings it up to date before the first utterances after each change.

    An engine that dies is started once more for the same request, which its seeds make repeatable. Raises WorkerError
    `engine` where it cannot be started.
    """

    def __init__(
        self,
        policy: HuggingFacePolicy,
        spec: VllmSpec,
        *,
        checkpoint: str,
        dtype: Literal["float32", "bfloat16"],
        old_log_probs: Literal["sampled", "recomputed"],
    ) -> None:
        self._policy = policy
        self._old_log_probs = old_log_probs
        self._spec = spec
        self._load = messages.Load(
            checkpoint=checkpoint,
            dtype=dtype,
            slots=spec.slots,
            memory_share=spec.memory_share,
            cache_bytes=None if spec.cache_gigabytes is None else int(spec.cache_gigabytes * 1e9),
            forbidden_tokens=sorted(policy.forbidden_tokens),
            reads_images=policy.reads_images,
            adapter_rank=policy.adapter_rank,
            can_sleep=spec.sleep,
        )
        self._longest = 0
        self._handed_over = 0
        self._is_stale = False
        """Whether the engine's copy is not the policy. Right after its start it is the checkpoint, as the policy is."""
        self._process: EngineProcess | None = None
        try:
            self._up_to_date()
        except EngineDiedError as error:
            self.close()
            raise WorkerError("engine", str(error)) from error

    @property
    def pid(self) -> int | None:
        """Of the engine; None while there is none."""
        return None if self._process is None else self._process.pid

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        frames: list[memoryview] = []
        request = messages.Generate(
            prompts=[self._tokens_of(prompt, sampling.max_new_tokens) for prompt in prompts],
            pictures=[_picture(prompt, frames) for prompt in prompts],
            seeds=None if sampling.draws_NL is None else _seeds(sampling.draws_NL),
            temperature=sampling.temperature,
            max_new_tokens=sampling.max_new_tokens,
            end_token=self._policy.end_token,
        )
        said = self._generated(request, frames)
        tokens = [torch.tensor(row, dtype=torch.long) for row in said.tokens]
        again = read_again(self._policy, prompts, tokens, sampling.temperature)
        drawn = None if said.log_probs is None else [torch.tensor(row) for row in said.log_probs]
        return Sampled(
            tokens=tokens,
            log_probs=drawn if drawn is not None and self._old_log_probs == "sampled" else again.log_probs,
            entropies=again.entropies,
            finished=[row[-1] == self._policy.end_token for row in said.tokens],
            values_N=again.values_N,
            drawn_log_probs=drawn,
        )

    def policy_changed(self) -> None:
        self._is_stale = True

    def rest(self) -> None:
        if self._spec.sleep and self._process is not None:
            try:
                self._process.ask(messages.Sleep(), messages.Done)
            except EngineDiedError as error:
                self._lost(error)

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def _generated(self, request: messages.Generate, frames: Sequence[memoryview]) -> messages.Generated:
        try:
            return self._up_to_date().ask(request, messages.Generated, frames=frames)
        except EngineDiedError as error:
            self._lost(error)
        try:
            return self._up_to_date().ask(request, messages.Generated, frames=frames)
        except EngineDiedError as error:
            self._lost(error)
            raise WorkerError("engine", f"{error}; it had been started anew once for this rollout") from error

    def _up_to_date(self) -> EngineProcess:
        if self._spec.sleep:
            # What learning has left in torch's own hands is not there for an engine that wakes.
            torch.cuda.empty_cache()
        try:
            process = self._started()
            if self._is_stale:
                self._hand_over(process)
                self._is_stale = False
        except WorkerError:
            # Half of its weights may be new, or an answer may still be on its way.
            self.close()
            self._is_stale = True
            raise
        return process

    def _started(self) -> EngineProcess:
        if self._process is None:
            self._process = EngineProcess(self._spec.python)
            ready = self._process.ask(self._load, messages.Ready, limit_seconds=START_SECONDS)
            self._longest = ready.longest
            sys.stderr.write(
                f"vLLM {ready.version} on {ready.device}: prompt and utterance up to {ready.longest} tokens\n"
            )
        return self._process

    def _lost(self, error: EngineDiedError) -> None:
        sys.stderr.write(f"{error}\n")
        self.close()
        self._is_stale = True

    def _hand_over(self, process: EngineProcess) -> None:
        """Through a folder, in memory where there is room: nothing is sent, and neither side needs the other's code."""
        self._handed_over += 1
        model = self._policy.model
        with tempfile.TemporaryDirectory(prefix="coso-weights-", dir=_roomy(model)) as folder:
            # Adapters alone, where the model has some.
            model.save_pretrained(folder)
            if self._policy.adapter_rank > 0:
                process.ask(messages.Adapter(folder=folder, version=self._handed_over), messages.Done)
            else:
                process.ask(messages.Update(folder=folder), messages.Done)

    def _tokens_of(self, prompt: Prompt, max_new_tokens: int) -> list[int]:
        """Raises BadRequestError for a prompt too long to be answered."""
        length = prompt.tokens_P.numel()
        if length + max_new_tokens > self._longest:
            raise BadRequestError(
                f"sampling.maxNewTokens: vLLM has room for {self._longest} tokens of prompt and utterance, got a "
                f"prompt of {length} and up to {max_new_tokens} more"
            )
        tokens: list[int] = prompt.tokens_P.tolist()
        return tokens if prompt.image is None else one_placeholder(tokens, self._policy.image_token)


def one_placeholder(tokens: Sequence[int], image_token: int | None) -> list[int]:
    """A prompt whose image has one placeholder instead of one a feature: vLLM makes them as many itself."""
    return [
        token
        for place, token in enumerate(tokens)
        if token != image_token or place == 0 or tokens[place - 1] != image_token
    ]


def _seeds(draws_NL: Tensor) -> list[int]:
    """A row's first draw, read as a whole number: it depends on the request's seed and on the row."""
    return [int(draw * SEED_VALUES) for draw in draws_NL[:, 0].tolist()]


def _picture(prompt: Prompt, frames: list[memoryview]) -> messages.Picture | None:
    if prompt.image is None:
        return None
    height, width, _ = prompt.image.pixels_HWC.shape
    frames.append(prompt.image.pixels_HWC.data.cast("B"))
    return messages.Picture(frame=len(frames) - 1, height=height, width=width)


def _roomy(model: torch.nn.Module) -> Path | None:
    """Shared memory where all weights would fit twice; else where temporary files go."""
    needed = 2 * sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    if SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free > needed:
        return SHARED_MEMORY
    return None
