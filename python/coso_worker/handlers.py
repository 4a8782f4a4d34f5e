"""One method a wire method: decode tensors, call the part that does the work, encode the answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from coso_worker import checkpoint
from coso_worker.agent import Agent, build_agent
from coso_worker.critic_request import fit_critics, value_states
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.distributed.sharded_policy import ShardedPolicy
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.images import Image, ImageStore, image_per_row
from coso_worker.kept_steps_file import load_steps, save_steps
from coso_worker.policies.policy import Policy, Prompt, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor, int_tensor
from coso_worker.protocol.progress import Progress
from coso_worker.reading import alternatives, predict, score
from coso_worker.scm import fit_scm
from coso_worker.sft import Demonstration, demonstrated, fit_sft
from coso_worker.step_store import KeptStep, StepStore
from coso_worker.update import update_policy
from coso_worker.update_request import experiences_of, settings_of
from coso_worker.weigh_request import weights_of

Frames = Sequence[memoryview | bytes]


class Handlers:
    """State of one worker: an agent once built, images, kept steps, demonstrations not yet learned from. Every rank of
    a worker of several processes has all of it."""

    def __init__(self, ranks: Ranks = ALONE) -> None:
        self._ranks = ranks
        self._agent: Agent | None = None
        self._images = ImageStore()
        self._steps = StepStore()
        self._demonstrations: list[Demonstration] = []

    @property
    def agent(self) -> Agent:
        """Raises WorkerError `not-built` before `build`."""
        if self._agent is None:
            raise WorkerError("not-built", "expected `build` before any other call")
        return self._agent

    # ── building and the offline stage ───────────────────────────────────────────────────────────────────────────────

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
            generator=_generator(params.seed),
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
            generator=_generator(params.seed),
            on_step=lambda step, loss: progress(step, params.steps, {"scm/loss": loss}),
            ranks=self._ranks,
        )
        return messages.FitScmResult(metrics={"scm/loss": fit.loss, "scm/accuracy": fit.accuracy})

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, params: messages.ActParams, frames: Frames, progress: Progress) -> messages.ActResult:
        policy = self._speaker()
        prompts = self._prompts(params.observations, frames)
        longest = params.max_new_tokens
        if params.step_ids is not None and len(params.step_ids) != len(prompts):
            raise BadRequestError(f"stepIds: expected {len(prompts)}, one a prompt, got {len(params.step_ids)}")
        draws_NL = None if params.greedy else row_draws(params.seed, len(prompts), longest)
        sampling = Sampling(params.temperature, longest, draws_NL, is_kept=params.step_ids is not None)
        sampled = self.agent.engine.sample(prompts, sampling)
        values = sampled.values_N.tolist()
        if params.step_ids is not None:
            drawn = sampled.log_probs if sampled.drawn_log_probs is None else sampled.drawn_log_probs
            for n, step_id in enumerate(params.step_ids):
                said = (sampled.tokens[n], sampled.log_probs[n], sampled.entropies[n], values[n], drawn[n])
                self._steps.keep(step_id, KeptStep(prompts[n], params.observations.prompts[n], *said))
        return messages.ActResult(
            utterances=[policy.text(tokens_L) for tokens_L in sampled.tokens],
            token_counts=[tokens_L.numel() for tokens_L in sampled.tokens],
            finished=sampled.finished,
            log_probs=float_tensor(np.array([float(log_probs_L.sum()) for log_probs_L in sampled.log_probs])),
            values=float_tensor(np.array(values)),
        )

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
            alternatives=alternatives(policy, steps, params.alternatives, params.temperature, _generator(params.seed)),
        )

    # ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
            _generator(params.seed),
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

    # ── memory and disk ──────────────────────────────────────────────────────────────────────────────────────────────

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

    # ── shared ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def kept_steps(self) -> int:
        """Number of steps held, for `stats`."""
        return len(self._steps)

    def _speaker(self) -> Policy:
        """The policy, with all of its weights on this rank."""
        policy = self.agent.policy
        if isinstance(policy, ShardedPolicy):
            policy.gather()
        return policy

    def _seed_dropout(self, seed: int) -> None:
        """Ranks see different rows, and drop out different parts of them."""
        torch.manual_seed(seed + self._ranks.rank)

    def close(self) -> None:
        """Gives back what is held outside this process; may be called again."""
        if self._agent is not None:
            self._agent.engine.close()

    def _prompts(self, observations: messages.ObservationBatch, frames: Frames) -> list[Prompt]:
        images = None if observations.images is None else self._unpack(observations.images, frames)
        rows = image_per_row(images, observations.image_index, len(observations.prompts))
        return self.agent.policy.encode(observations.prompts, rows)

    def _unpack(self, batch: messages.ImageBatch, frames: Frames) -> list[Image]:
        if batch.frame >= len(frames):
            raise BadRequestError(
                f"images.frame: expected below {len(frames)}, the frames of this message, got {batch.frame}"
            )
        return self._images.unpack(frames[batch.frame], batch.number, batch.height, batch.width)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
