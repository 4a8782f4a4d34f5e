"""One method a wire method: decode tensors, call the part that does the work, encode the answer."""

from __future__ import annotations

from pathlib import Path

import torch

from coso_worker import checkpoint
from coso_worker.agent import build_agent
from coso_worker.handlers.acting import ActingHandlers
from coso_worker.handlers.learning import LearningHandlers
from coso_worker.handlers.state import Frames
from coso_worker.kept_steps_file import load_steps, save_steps
from coso_worker.protocol import messages
from coso_worker.protocol.progress import Progress


class Handlers(ActingHandlers, LearningHandlers):
    """All of them, and here those of a worker's life: what it is built from, what it forgets, what goes to disk."""

    def build(self, params: messages.BuildParams, frames: Frames, progress: Progress) -> messages.BuildResult:
        self.close()
        self._agent = build_agent(params, self._ranks)
        self._steps.forget(None)
        self._demonstrations.clear()
        agent = self._agent
        return messages.BuildResult(
            policy_parameters=_parameters(agent.policy.model),
            learning_policy_parameters=sum(each.numel() for each in agent.policy.learning_parameters()),
            value_head_parameters=_parameters(agent.policy.value_head),
            scm_parameters=0 if agent.scm is None else _parameters(agent.scm),
            critic_parameters=0 if agent.optional_critics is None else _parameters(agent.optional_critics.learned),
            vocabulary_size=agent.policy.vocabulary_size,
            null_text=agent.policy.null_text,
            device=str(agent.policy.device),
        )

    def forget_steps(
        self, params: messages.ForgetStepsParams, frames: Frames, progress: Progress
    ) -> messages.ForgetStepsResult:
        self._steps.forget(params.step_ids)
        return messages.ForgetStepsResult(kept=len(self._steps))

    def save(self, params: messages.SaveParams, frames: Frames, progress: Progress) -> messages.SaveResult:
        agent = self.agent
        if params.parts == "all" and params.images is not None:
            images = Path(params.images)
            self._ranks.first_does(lambda: save_steps(Path(params.directory), images, self._steps.all()))
        written = checkpoint.save_checkpoint(
            Path(params.directory),
            params.parts,
            policy=agent.policy,
            modules=agent.modules(),
            optimisers=agent.optimisers(),
            ranks=self._ranks,
        )
        return messages.SaveResult(bytes=written)

    def load(self, params: messages.LoadParams, frames: Frames, progress: Progress) -> messages.LoadResult:
        agent = self.agent
        directory = Path(params.directory)
        if (directory / "reference.safetensors").is_file():
            agent.policy.keep_reference()
        parts = checkpoint.load_checkpoint(
            directory, policy=agent.policy, modules=agent.modules(), optimisers=agent.optimisers()
        )
        agent.engine.policy_changed()
        if parts == "all" and params.images is not None:
            steps = load_steps(directory, Path(params.images), self._images)
            self._steps.forget(None)
            for step_id, step in steps.items():
                self._steps.keep(step_id, step)
        return messages.LoadResult(parts=parts)


def _parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
