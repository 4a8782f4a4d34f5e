"""What a worker trains: the policy with its value head, the SCM, AWR's critics, their optimisers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from coso_worker.build_policy import DTYPES, build_policy
from coso_worker.critic_request import build_critics
from coso_worker.critics import Critics
from coso_worker.distributed.group import device_of
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.distributed.shared_engine import SharedEngine
from coso_worker.engines import OwnEngine, Recomputed, RolloutEngine, SeparateEngine
from coso_worker.engines.copies import OwnCopy, VllmCopy
from coso_worker.engines.engine import EngineHere
from coso_worker.engines.separate import PolicyCopy
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Policy
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import int_array
from coso_worker.scm import (
    Encoder,
    FreshEncoder,
    FreshEncoderSize,
    PretrainedEncoder,
    StructuralCausalModel,
    action_log_probs,
)
from coso_worker.scm.encoders.checkpoint_folder import checkpoint_folder
from coso_worker.scm.encoders.reading import PolicyText


@dataclass
class Agent:
    """θ (policy and value head), φ (SCM; None for methods without causal weights), and AWR's critics."""

    policy: Policy
    engine: RolloutEngine
    policy_optimiser: torch.optim.Optimizer
    scm: StructuralCausalModel | None
    optional_scm_optimiser: torch.optim.Optimizer | None
    label_counts: tuple[int, ...]
    optional_critics: Critics | None = None
    encoder_dtype: torch.dtype = torch.float32
    """In which the SCM's encoder computes while it is asked for likelihoods. φ and its learning stay in float32."""
    ranks: Ranks = ALONE

    @property
    def causal_model(self) -> StructuralCausalModel:
        """Raises WorkerError `no-scm` when the agent was built without one."""
        if self.scm is None:
            raise WorkerError("no-scm", "build.scm: expected an SCM for causal weights, got null")
        return self.scm

    @property
    def scm_optimiser(self) -> torch.optim.Optimizer:
        """Raises WorkerError `no-scm` when the agent was built without one."""
        if self.optional_scm_optimiser is None:
            raise WorkerError("no-scm", "build.scm: expected an SCM for causal weights, got null")
        return self.optional_scm_optimiser

    @property
    def critics(self) -> Critics:
        """Raises WorkerError `no-critics` when the agent was built without them."""
        if self.optional_critics is None:
            raise WorkerError("no-critics", "build.critics: expected critics to judge by, got null")
        return self.optional_critics

    def labels(self, tensor: messages.Tensor, rows: int) -> Tensor:
        """int64 [N, F]. Raises BadRequestError on a label that a factor does not have."""
        labels_NF = torch.tensor(int_array(tensor, rows, len(self.label_counts)), dtype=torch.long)
        for factor, count in enumerate(self.label_counts):
            column = labels_NF[:, factor]
            if bool(((column < 0) | (column >= count)).any()):
                raise BadRequestError(f"labels: factor {factor} has labels 0 … {count - 1}, got {column.tolist()}")
        return labels_NF

    @torch.no_grad()
    def action_probability(self, tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        """P(a | y) under the present φ, float32 [M]. Every rank is given all rows, reads its share and gets all."""
        labels_MF = labels_MF.to(self.policy.device)
        if self.ranks.size == 1 or not self.causal_model.has_independent_rows:
            return action_log_probs(self._factors(tokens_ML, mask_ML), labels_MF).exp()
        probability_M = torch.zeros(len(tokens_ML), device=self.policy.device)
        own = self.ranks.share(len(tokens_ML))
        if len(own) > 0:
            rows = slice(own.start, own.stop)
            probability_M[rows] = action_log_probs(self._factors(tokens_ML[rows], mask_ML[rows]), labels_MF[rows]).exp()
        self.ranks.sum(probability_M)
        return probability_M

    @torch.no_grad()
    def most_likely_labels(self, tokens_ML: Tensor, mask_ML: Tensor) -> Tensor:
        """The likeliest label of each factor under the present φ, int64 [M, F]."""
        factors = self._factors(tokens_ML, mask_ML)
        return torch.stack([log_probs_MA.argmax(-1) for log_probs_MA in factors], dim=-1).cpu()

    def _factors(self, tokens_ML: Tensor, mask_ML: Tensor) -> list[Tensor]:
        """log P(label) for each factor, float32 [M, A_f]. Logits are float32 whatever the encoder computes in: weights
        are differences of likelihoods, and would be lost in their rounding."""
        device = self.policy.device
        is_lower = self.encoder_dtype != torch.float32
        with torch.autocast(device.type, dtype=self.encoder_dtype if is_lower else None, enabled=is_lower):
            features_MH = self.causal_model.features(tokens_ML.to(device), mask_ML.to(device))
        return self.causal_model.predict(features_MH.float())

    def nullifiable(self, tokens: Sequence[Tensor]) -> list[Tensor]:
        """What to nullify tokens in, for `action_probability` to read: stand-ins [L_n] for whole utterances."""
        return self.causal_model.encoder.nullifiable(tokens)

    def word_embeddings(self, tokens_ML: Tensor) -> Tensor:
        """The SCM's own, float32 [M, L, H]."""
        return self.causal_model.word_embeddings(tokens_ML.to(self.policy.device))

    def embedded_probability(self, embedded_MLH: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        """P(a | y) from the SCM's word embeddings, differentiable, float32 [M]."""
        device = self.policy.device
        factors = self.causal_model.from_embeddings(embedded_MLH, mask_ML.to(device))
        return action_log_probs(factors, labels_MF.to(device)).exp()

    def set_learning_rates(self, policy: float, value_head: float) -> None:
        """Learning rates of the next update; schedules live with the caller."""
        self.policy_optimiser.param_groups[0]["lr"] = policy
        self.policy_optimiser.param_groups[1]["lr"] = value_head

    def modules(self) -> dict[str, nn.Module | None]:
        """What is saved beside the policy's own folder."""
        scm = None if self.scm is None else self.scm.learned
        critics = None if self.optional_critics is None else self.optional_critics.learned
        return {
            "value_head": self.policy.value_head,
            "scm": scm,
            "reference": self.policy.reference,
            "critics": critics,
        }

    def optimisers(self) -> dict[str, torch.optim.Optimizer | None]:
        """Whose state is saved."""
        critics = self.optional_critics
        return {
            "policy_optimiser": self.policy_optimiser,
            "scm_optimiser": self.optional_scm_optimiser,
            "state_critic_optimiser": None if critics is None else critics.state_optimiser,
            "instruction_critic_optimiser": None if critics is None else critics.instruction_optimiser,
        }


def build_agent(params: messages.BuildParams, ranks: Ranks = ALONE) -> Agent:
    """Raises WorkerError `bad-checkpoint`, `no-device` or `engine`."""
    device = device_of(params.device, ranks)
    policy = build_policy(params.policy, ranks, device=device, dtype=DTYPES[params.dtype], seed=params.seed)
    policy_optimiser = torch.optim.Adam(
        [{"params": policy.learning_parameters()}, {"params": list(policy.value_head.parameters())}], lr=0.0
    )
    label_counts = tuple(len(factor.labels) for factor in params.factors)
    scm = None if params.scm is None else _build_scm(params.scm, policy, label_counts, params.seed).to(device)
    scm_optimiser = None if scm is None else torch.optim.Adam(scm.learned.parameters(), lr=0.0)
    critics = None if params.critics is None else build_critics(params.critics, policy, params.seed, ranks)
    engine = _build_engine(params, policy, ranks)
    return Agent(
        policy, engine, policy_optimiser, scm, scm_optimiser, label_counts, critics, DTYPES[params.dtype], ranks
    )


def _build_engine(params: messages.BuildParams, policy: Policy, ranks: Ranks) -> RolloutEngine:
    match params.engine, params.policy:
        case messages.TransformersEngine(own_process=False) as own, _:
            engine: EngineHere = OwnEngine(policy, slots=own.slots)
            if params.old_log_probs == "recomputed":
                engine = Recomputed(engine, policy)
            return engine if ranks.size == 1 else SharedEngine(engine, ranks)
        case _ if ranks.size > 1:
            raise BadRequestError(
                "worker.engine: expected an engine in the worker's process with worker.launcher 'torchrun', got one of "
                "its own"
            )
        case messages.TransformersEngine() as own, spec:
            copy: PolicyCopy = OwnCopy(policy, spec, slots=own.slots, dtype=params.dtype)
        case messages.VllmEngine() as vllm, (messages.CheckpointPolicy() | messages.EmbeddedPolicy()) as spec:
            assert isinstance(policy, HuggingFacePolicy)
            checkpoint = spec.path if isinstance(spec, messages.CheckpointPolicy) else spec.directory
            copy = VllmCopy(policy, vllm, checkpoint=checkpoint, dtype=params.dtype)
        case _, spec:
            raise BadRequestError(
                f"worker.engine.kind: vLLM serves policies of the kinds 'checkpoint' and 'embedded', got "
                f"{spec.__struct_config__.tag!r}; set worker.engine.kind to 'transformers'"
            )
    return SeparateEngine(policy, copy, old_log_probs=params.old_log_probs, cuda_device=params.engine.cuda_device)


def _build_scm(
    spec: messages.ScmSpec, policy: Policy, label_counts: tuple[int, ...], seed: int
) -> StructuralCausalModel:
    torch.manual_seed(seed)
    return StructuralCausalModel(_build_encoder(spec.encoder, policy), label_counts, spec.pooling).eval()


def _build_encoder(spec: messages.ScmEncoder, policy: Policy) -> Encoder:
    match spec:
        case messages.FreshEncoder():
            return FreshEncoder(
                FreshEncoderSize(
                    vocabulary_size=policy.vocabulary_size,
                    hidden_size=spec.hidden_size,
                    layers=spec.layers,
                    heads=spec.heads,
                    feed_forward_size=spec.feed_forward_size,
                    dropout=spec.dropout,
                    max_positions=spec.max_positions,
                )
            )
        case messages.PretrainedEncoder():
            text = PolicyText(policy.pieces, policy.vocabulary_size, policy.special_tokens)
            return PretrainedEncoder(checkpoint_folder(spec.path), text, is_frozen=spec.is_frozen)
