"""A copy of the policy in a process of its own says the utterances; the policy that learns reads them again."""

from __future__ import annotations

import math
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import torch

from coso_engine import messages
from coso_worker.engines.engine_process import Answer, EngineDiedError, EngineProcess
from coso_worker.engines.reading_again import read_again
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.policies.policy import Policy, Prompt, Sampled, Sampling

START_SECONDS = 480.0
"""A start in the middle of a rollout has to fit into the time limit of `act`, with room for the utterances."""
SHARED_MEMORY = Path("/dev/shm")

OldLogProbs = Literal["sampled", "recomputed", "at-update"]


class PolicyCopy(Protocol):
    """What is in the process, and how it gets the policy's weights."""

    @property
    def name(self) -> str:
        """In messages to people."""
        ...

    @property
    def python(self) -> str:
        """Interpreter that has what it needs."""
        ...

    @property
    def load(self) -> messages.Load: ...

    @property
    def is_equal_at_start(self) -> bool:
        """Whether it begins with the weights that the policy has then."""
        ...

    @property
    def can_sleep(self) -> bool: ...

    def write(self, folder: Path, version: int) -> messages.Update | messages.Adapter:
        """Puts the policy's weights into a folder, for the request that takes them from it. Versions count from 1."""
        ...


class SeparateEngine:
    """Brings the copy up to date before the first utterances of the present policy after each change. Meanwhile, or
    while the policy learns, it says what it was asked for.

    An engine that dies is started once more for the same request, which its draws make repeatable. Raises WorkerError
    `engine` where it cannot be started.
    """

    def __init__(
        self, policy: Policy, copy: PolicyCopy, *, old_log_probs: OldLogProbs, cuda_device: int | None = None
    ) -> None:
        self._policy = policy
        self._copy = copy
        self._old_log_probs = old_log_probs
        self._environment = seeing_device(cuda_device)
        self._longest: int | None = None
        self._handed_over = 0
        self._is_stale = not copy.is_equal_at_start
        """Whether the copy is not the present policy."""
        self._is_new = True
        """Whether the process has not got any weights of the policy yet that its start did not give it."""
        self._process: EngineProcess | None = None
        self._is_closed = False
        try:
            self._started()
        except EngineDiedError as error:
            self.close()
            raise WorkerError("engine", str(error)) from error
        except WorkerError:
            self.close()
            raise

    @property
    def pid(self) -> int | None:
        """Of the engine; None while there is none."""
        return None if self._process is None else self._process.pid

    def begin(self, prompts: Sequence[Prompt], sampling: Sampling, *, is_present: bool = True) -> SeparateSaying:
        """A copy that has just been started anew is the present policy in any case."""
        frames: list[memoryview] = []
        request = messages.Generate(
            prompts=[self._tokens_of(prompt, sampling.max_new_tokens) for prompt in prompts],
            pictures=[_picture(prompt, frames) for prompt in prompts],
            draws=None if sampling.draws_NL is None else len(frames),
            temperature=sampling.temperature,
            max_new_tokens=sampling.max_new_tokens,
            end_token=self._policy.end_token,
        )
        if sampling.draws_NL is not None:
            frames.append(sampling.draws_NL.contiguous().numpy().data.cast("B"))
        return SeparateSaying(self, prompts, sampling, request, frames, is_present=is_present)

    def ask(
        self, request: messages.Generate, frames: Sequence[memoryview], *, is_present: bool
    ) -> tuple[EngineProcess, Answer[messages.Generated]]:
        """Has it said, after all that was asked before. Raises EngineDiedError where the process is gone, WorkerError
        where it is gone for good."""
        if self._is_closed:
            raise WorkerError("engine", f"{self._copy.name} was ended, by another `build`, before it had spoken")
        process = self._up_to_date(is_present)
        return process, process.send(request, messages.Generated, frames=frames)

    def read(self, prompts: Sequence[Prompt], sampling: Sampling, said: messages.Generated) -> Sampled:
        """What the policy makes of it; nothing yet where that is asked for at the update."""
        tokens = [torch.tensor(row, dtype=torch.long) for row in said.tokens]
        drawn = None if said.log_probs is None else [torch.tensor(row) for row in said.log_probs]
        if sampling.is_kept and self._old_log_probs == "at-update":
            unknown = [torch.full((len(row),), math.nan) for row in said.tokens]
            values_N = torch.full((len(tokens),), math.nan)
            return Sampled(tokens, unknown if drawn is None else drawn, unknown, said.finished, values_N)
        again = read_again(self._policy, prompts, tokens, sampling.temperature)
        return Sampled(
            tokens=tokens,
            log_probs=drawn if drawn is not None and self._old_log_probs == "sampled" else again.log_probs,
            entropies=again.entropies,
            finished=said.finished,
            values_N=again.values_N,
            drawn_log_probs=drawn,
        )

    def policy_changed(self) -> None:
        self._is_stale = True

    def rest(self) -> None:
        if self._copy.can_sleep and self._process is not None:
            try:
                self._process.ask(messages.Sleep(), messages.Done)
            except EngineDiedError as error:
                self.lost(self._process, error)

    def close(self) -> None:
        self._is_closed = True
        self._end_process()

    def lost(self, process: EngineProcess | None, error: EngineDiedError) -> None:
        """A process that has died is told of once, and forgotten; one that was started in its place since is not."""
        if process is None or process is self._process:
            sys.stderr.write(f"{error}\n")
            self._end_process()

    def _up_to_date(self, is_present: bool) -> EngineProcess:
        if self._copy.can_sleep:
            # What learning has left in torch's own hands is not there for an engine that wakes.
            torch.cuda.empty_cache()
        try:
            process = self._started()
            if self._is_stale and (is_present or self._is_new):
                self._hand_over(process)
                self._is_stale = False
            self._is_new = False
        except WorkerError:
            # Half of its weights may be new, or an answer may still be on its way.
            self._end_process()
            raise
        return process

    def _end_process(self) -> None:
        """The next one has to be given the present weights."""
        if self._process is not None:
            self._process.close()
            self._process = None
        self._is_new = self._is_stale = True

    def _started(self) -> EngineProcess:
        if self._process is None:
            self._process = EngineProcess(self._copy.python, name=self._copy.name, environment=self._environment)
            ready = self._process.ask(self._copy.load, messages.Ready, limit_seconds=START_SECONDS)
            self._longest = ready.longest
            room = "" if ready.longest is None else f": prompt and utterance up to {ready.longest} tokens"
            sys.stderr.write(f"{self._copy.name} {ready.version} on {ready.device}{room}\n")
        return self._process

    def _hand_over(self, process: EngineProcess) -> None:
        """Through a folder, in memory where there is room: nothing is sent, and neither side needs the other's code."""
        self._handed_over += 1
        with tempfile.TemporaryDirectory(prefix="coso-weights-", dir=_roomy(self._policy.model)) as folder:
            process.ask(self._copy.write(Path(folder), self._handed_over), messages.Done)

    def _tokens_of(self, prompt: Prompt, max_new_tokens: int) -> list[int]:
        """Raises BadRequestError for a prompt too long to be answered."""
        length = prompt.tokens_P.numel()
        if self._longest is not None and length + max_new_tokens > self._longest:
            raise BadRequestError(
                f"sampling.maxNewTokens: {self._copy.name} has room for {self._longest} tokens of prompt and "
                f"utterance, got a prompt of {length} and up to {max_new_tokens} more"
            )
        tokens: list[int] = prompt.tokens_P.tolist()
        return tokens


class SeparateSaying:
    """One request to the process, repeated once where that dies of it, or before."""

    def __init__(
        self,
        engine: SeparateEngine,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        request: messages.Generate,
        frames: Sequence[memoryview],
        *,
        is_present: bool,
    ) -> None:
        self._engine = engine
        self._prompts = prompts
        self._sampling = sampling
        self._request = request
        self._frames = frames
        self._is_present = is_present
        self._process: EngineProcess | None = None
        self._may_repeat = True
        self._answer = self._asked()

    def is_said(self, wait_seconds: float = 0.0) -> bool:
        return self._answer.is_there(wait_seconds)

    def result(self) -> Sampled:
        """Raises WorkerError `engine` where the process died twice."""
        try:
            said = self._answer.wait()
        except EngineDiedError as error:
            self._lost(error)
            self._answer = self._asked()
            return self.result()
        return self._engine.read(self._prompts, self._sampling, said)

    def _asked(self) -> Answer[messages.Generated]:
        try:
            self._process, answer = self._engine.ask(self._request, self._frames, is_present=self._is_present)
        except EngineDiedError as error:
            self._lost(error)
            return self._asked()
        return answer

    def _lost(self, error: EngineDiedError) -> None:
        self._engine.lost(self._process, error)
        self._process = None
        if not self._may_repeat:
            raise WorkerError("engine", f"{error}; it had been started anew once for this rollout") from error
        self._may_repeat = False


def seeing_device(cuda_device: int | None) -> Mapping[str, str]:
    """Variables for a process that is to see one of the CUDA devices that this process sees; None: all of them."""
    if cuda_device is None:
        return {}
    seen = os.environ.get("CUDA_VISIBLE_DEVICES")
    devices = None if seen is None else [device.strip() for device in seen.split(",") if device.strip()]
    if devices is not None and cuda_device >= len(devices):
        raise WorkerError(
            "engine",
            f"worker.engine.cudaDevice: expected below {len(devices)}, the number of devices in CUDA_VISIBLE_DEVICES "
            f"({seen!r}), got {cuda_device}",
        )
    return {"CUDA_VISIBLE_DEVICES": str(cuda_device) if devices is None else devices[cuda_device]}


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
