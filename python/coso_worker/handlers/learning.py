"""What changes θ, φ and the critics, and causal weights, which nothing is learned without."""

from __future__ import annotations

import numpy as np
import torch

from coso_worker.critic_request import fit_critics, value_states
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers.state import Frames, WorkerState, generator_of
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor, int_tensor
from coso_worker.protocol.progress import Progress
from coso_worker.reading import predict
from coso_worker.scm import fit_scm
from coso_worker.sft import demonstrated, fit_sft
from coso_worker.step_store import KeptStep
from coso_worker.update import update_policy
from coso_worker.update_request import experiences_of, settings_of
from coso_worker.weigh_request import weights_of


class LearningHandlers(WorkerState):
    """The offline stage, then Algorithm 1 from line 13 on."""

    def add_demonstrations(
        self, params: messages.AddDemonstrationsParams, frames: Frames, progress: Progress
    ) -> messages.AddDemonstrationsResult:
        policy = self.agent.policy
        prompts = self._prompts(params.observations, frames)
        if len(prompts) != len(params.utterances):
            raise BadRequestError(f"utterances: expected {len(prompts)}, one a prompt, got {len(params.utterances)}")
        self._demonstrations += [
            demonstrated(policy, prompt, utterance)
            for prompt, utterance in zip(prompts, params.utterances, strict=True)
        ]
        return messages.AddDemonstrationsResult(total=len(self._demonstrations))

    def fit_sft(self, params: messages.FitSftParams, frames: Frames, progress: Progress) -> messages.FitSftResult:
        agent = self.agent
        if not self._demonstrations:
            raise WorkerError("no-demonstrations", "expected addDemonstrations before fitSft")
        agent.engine.rest()
        self._seed_dropout(params.seed)
        losses = fit_sft(
            agent.policy,
            self._demonstrations,
            steps=params.steps,
            batch_size=params.batch_size,
            micro_batch=params.micro_batch,
            learning_rate=params.learning_rate,
            max_grad_norm=params.max_grad_norm,
            generator=generator_of(params.seed),
            on_step=lambda step, loss: progress(step, params.steps, {"sft/loss": loss}),
            ranks=self._ranks,
        )
        agent.engine.policy_changed()
        self._demonstrations.clear()
        return messages.FitSftResult(losses=float_tensor(np.array(losses)))

    def fit_scm(self, params: messages.FitScmParams, frames: Frames, progress: Progress) -> messages.FitScmResult:
        agent = self.agent
        examples = params.examples
        if isinstance(examples, messages.TextExamples):
            tokens = agent.policy.tokenize(examples.texts)
        else:
            tokens = [step.tokens_L for step in self._steps.steps(examples.step_ids)]
        torch.manual_seed(params.seed)  # dropout
        fit = fit_scm(
            agent.causal_model,
            agent.scm_optimiser,
            tokens,
            agent.labels(examples.labels, len(tokens)),
            padding=agent.policy.null_token,
            steps=params.steps,
            batch_size=params.batch_size,
            learning_rate=params.learning_rate,
            max_grad_norm=params.max_grad_norm,
            generator=generator_of(params.seed),
            on_step=lambda step, loss: progress(step, params.steps, {"scm/loss": loss}),
            ranks=self._ranks,
        )
        return messages.FitScmResult(metrics={"scm/loss": fit.loss, "scm/accuracy": fit.accuracy})

    def weigh(self, params: messages.WeighParams, frames: Frames, progress: Progress) -> messages.WeighResult:
        steps = self._steps.steps(params.step_ids)
        self._speaker()
        weights, metrics = weights_of(params, steps, self.agent, progress)
        for step, weights_L in zip(steps, weights, strict=True):
            step.causal_weights_L = weights_L
        return messages.WeighResult(
            weights=float_tensor(torch.cat(weights).numpy()),
            lengths=[weights_L.numel() for weights_L in weights],
            metrics=metrics,
        )

    def predict_actions(
        self, params: messages.PredictActionsParams, frames: Frames, progress: Progress
    ) -> messages.PredictActionsResult:
        agent = self.agent
        tokens = [step.tokens_L for step in self._steps.steps(params.step_ids)]
        labels_NF = agent.labels(params.labels, len(tokens))
        prediction = predict(agent, tokens, labels_NF)
        return messages.PredictActionsResult(
            predicted=int_tensor(prediction.labels_NF.numpy()),
            confidences=float_tensor(prediction.confidences_N.numpy()),
            likelihoods=float_tensor(prediction.likelihoods_N.numpy()),
        )

    def fit_critics(
        self, params: messages.FitCriticsParams, frames: Frames, progress: Progress
    ) -> messages.FitCriticsResult:
        self._speaker()
        return fit_critics(params, self._steps, self.agent.critics)

    def value_instructions(
        self, params: messages.ValueInstructionsParams, frames: Frames, progress: Progress
    ) -> messages.ValueInstructionsResult:
        self._speaker()
        values_N = self.agent.critics.value_instructions(params.instructions, params.micro_batch)
        return messages.ValueInstructionsResult(values=float_tensor(values_N.numpy()))

    def value_states(
        self, params: messages.ValueStatesParams, frames: Frames, progress: Progress
    ) -> messages.ValueStatesResult:
        self._speaker()
        return value_states(params, self._steps, self.agent.critics)

    def update_policy(
        self, params: messages.UpdatePolicyParams, frames: Frames, progress: Progress
    ) -> messages.UpdatePolicyResult:
        agent = self.agent
        experiences = experiences_of(params, self._steps.steps(params.step_ids), agent.policy)
        match params.algorithm:
            case messages.PpoSettings() as ppo:
                agent.set_learning_rates(ppo.learning_rate, ppo.value_learning_rate)
                fresh: list[KeptStep] = []
            case messages.AwrSettings() as awr:
                agent.set_learning_rates(awr.learning_rate, 0.0)
                fresh = self._steps.steps(awr.fresh_step_ids)
        agent.engine.rest()
        self._seed_dropout(params.seed)
        metrics = update_policy(
            agent.policy,
            agent.policy_optimiser,
            experiences,
            settings_of(params),
            generator_of(params.seed),
            on_batch=lambda batch, batches: progress(batch, batches, {}),
            fresh_steps=fresh,
            ranks=self._ranks,
        )
        agent.engine.policy_changed()
        return messages.UpdatePolicyResult(metrics=metrics)

    def keep_reference(
        self, params: messages.KeepReferenceParams, frames: Frames, progress: Progress
    ) -> messages.KeepReferenceResult:
        self.agent.policy.keep_reference()
        return messages.KeepReferenceResult()
