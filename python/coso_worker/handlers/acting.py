"""Utterances: sampled, read, scored, spelt out."""

from __future__ import annotations

import numpy as np
import torch

from coso_worker.engines.reading_again import read_again, values_of
from coso_worker.errors import BadRequestError
from coso_worker.handlers.state import Frames, WorkerState, generator_of
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor
from coso_worker.protocol.progress import Progress
from coso_worker.reading import alternatives, score
from coso_worker.step_store import KeptStep
from coso_worker.unfinished import Unfinished


class ActingHandlers(WorkerState):
    """What the policy says, and what it makes of what was said."""

    def act(
        self, params: messages.ActParams, frames: Frames, progress: Progress
    ) -> messages.ActResult | Unfinished[messages.ActResult]:
        self._speaker()
        prompts = self._prompts(params.observations, frames)
        longest = params.max_new_tokens
        if params.step_ids is not None and len(params.step_ids) != len(prompts):
            raise BadRequestError(f"stepIds: expected {len(prompts)}, one a prompt, got {len(params.step_ids)}")
        draws_NL = None if params.greedy else row_draws(params.seed, len(prompts), longest)
        sampling = Sampling(params.temperature, longest, draws_NL, is_kept=params.step_ids is not None)
        saying = self.agent.engine.begin(prompts, sampling, is_present=params.policy == "present")
        if saying.is_said():
            return self._acted(params, prompts, saying.result())
        return Unfinished(saying.is_said, lambda: self._acted(params, prompts, saying.result()))

    def _acted(self, params: messages.ActParams, prompts: list[Prompt], sampled: Sampled) -> messages.ActResult:
        values = sampled.values_N.tolist()
        if params.step_ids is not None:
            drawn = sampled.log_probs if sampled.drawn_log_probs is None else sampled.drawn_log_probs
            for n, step_id in enumerate(params.step_ids):
                said = (sampled.tokens[n], sampled.log_probs[n], sampled.entropies[n], values[n], drawn[n])
                self._steps.keep(step_id, KeptStep(prompts[n], params.observations.prompts[n], *said))
        return messages.ActResult(
            utterances=[self.agent.policy.text(tokens_L) for tokens_L in sampled.tokens],
            token_counts=[tokens_L.numel() for tokens_L in sampled.tokens],
            finished=sampled.finished,
            log_probs=float_tensor(np.array([float(log_probs_L.sum()) for log_probs_L in sampled.log_probs])),
            values=float_tensor(np.array(values)),
        )

    def values(self, params: messages.ValuesParams, frames: Frames, progress: Progress) -> messages.ValuesResult:
        prompts = self._prompts(params.observations, frames)
        own = self._ranks.share(len(prompts))
        values_N = values_of(self._speaker(), prompts[own.start : own.stop])
        values = self._ranks.join_rows(values_N.tolist(), list[float])
        return messages.ValuesResult(values=float_tensor(np.array(values)))

    def read_again(
        self, params: messages.ReadAgainParams, frames: Frames, progress: Progress
    ) -> messages.ReadAgainResult:
        steps = self._steps.steps(params.step_ids)
        again = read_again(
            self._speaker(),
            [step.prompt for step in steps],
            [step.tokens_L for step in steps],
            params.temperature,
            on_batch=lambda done, total: progress(done, total, {}),
        )
        for step, log_probs_L, entropies_L, value in zip(
            steps, again.log_probs, again.entropies, again.values_N.tolist(), strict=True
        ):
            step.log_probs_L, step.entropies_L, step.value = log_probs_L, entropies_L, value
        return messages.ReadAgainResult(values=float_tensor(again.values_N.numpy()))

    def observe(self, params: messages.ObserveParams, frames: Frames, progress: Progress) -> messages.ObserveResult:
        texts = params.observations.prompts
        if len(params.step_ids) != len(texts):
            raise BadRequestError(f"stepIds: expected {len(texts)}, one a prompt, got {len(params.step_ids)}")
        nothing = torch.zeros(0)
        for step_id, prompt, text in zip(
            params.step_ids, self._prompts(params.observations, frames), texts, strict=True
        ):
            self._steps.keep(step_id, KeptStep(prompt, text, nothing.long(), nothing, nothing, 0.0, nothing))
        return messages.ObserveResult(kept=len(self._steps))

    def score(self, params: messages.ScoreParams, frames: Frames, progress: Progress) -> messages.ScoreResult:
        steps = self._steps.steps(params.step_ids)
        prompts = [step.prompt for step in steps]
        if params.images is not None:
            other = self._unpack(params.images, frames)
            if len(other) != len(steps):
                raise BadRequestError(f"images: expected {len(steps)}, one a step, got {len(other)}")
            prompts = [Prompt(prompt.tokens_P, image) for prompt, image in zip(prompts, other, strict=True)]
        own = self._ranks.share(len(steps))
        rows = slice(own.start, own.stop)
        scored = score(self._speaker(), params.step_ids[rows], steps[rows], prompts[rows], params.temperature)
        return messages.ScoreResult(steps=self._ranks.join_rows(scored, list[messages.ScoredStep]))

    def read_tokens(
        self, params: messages.ReadTokensParams, frames: Frames, progress: Progress
    ) -> messages.ReadTokensResult:
        policy = self._speaker()
        steps = self._steps.steps(params.step_ids)
        return messages.ReadTokensResult(
            pieces=[policy.pieces(step.tokens_L) for step in steps],
            alternatives=alternatives(
                policy, steps, params.alternatives, params.temperature, generator_of(params.seed)
            ),
        )
