"""Everything that crosses the wire. Generated from ts/protocol/messages.ts by `npm run protocol`: do not edit."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Raw

from coso_worker.protocol.base import DenseTensor, Message, MethodTypes

SCHEMA_HASH: Final = "56b85be6d7d12f26f10e30beb044d110bf362d8f5913cd5fe27fe564127c4408"
"""SHA-256 of the schema's canonical JSON; `hello` compares it with the client's."""


class HelloParams(Message):
    protocol: str
    client: str


Positive = Annotated[int, Meta(ge=1, le=9007199254740991)]


class HelloResult(Message):
    protocol: str
    """SHA-256 of the JSON Schema, hexadecimal."""
    versions: dict[str, str]
    device: str
    threads: Positive
    pid: Positive


Seed = Annotated[int, Meta(ge=0, le=4294967295)]
"""Unsigned 32-bit; the worker has no other source of chance."""

PositiveNumber = Annotated[float, Meta(gt=0)]


class EmbeddedPolicy(Message, tag_field="kind", tag="embedded"):
    """A small LLaVA-NeXT from a Hugging Face configuration, with fresh weights."""

    directory: str
    """Folder that the checkpoint is written to, then loaded from like any other."""
    corpus: Annotated[list[str], Meta(min_length=1)]
    """The domain's text: what the tokenizer is trained on."""
    vocabulary_size: Positive
    hidden_size: Positive
    layers: Positive
    heads: Positive
    image_size: Positive
    """Side in pixels of one vision tile."""
    patch_size: Positive
    vision_hidden_size: Positive
    vision_layers: Positive
    initial_std: PositiveNumber
    """Standard deviation of the initial weights."""


class CheckpointPolicy(Message, tag_field="kind", tag="checkpoint"):
    """A checkpoint by folder, in Hugging Face's form."""

    path: Annotated[str, Meta(min_length=1)]


PolicySpec = EmbeddedPolicy | CheckpointPolicy


class ActionFactor(Message):
    """A closed label set, the `invalid` label included."""

    name: str
    labels: Annotated[list[str], Meta(min_length=2)]


Ratio = Annotated[float, Meta(ge=0, le=1)]


class ScmSpec(Message):
    """The BERT that approximates P(a | y); its vocabulary is the policy's."""

    hidden_size: Positive
    layers: Positive
    heads: Positive
    feed_forward_size: Positive
    dropout: Ratio
    max_positions: Positive


class BuildParams(Message):
    seed: Seed
    device: Literal["auto", "cpu", "cuda"]
    dtype: Literal["float32", "bfloat16"]
    policy: PolicySpec
    factors: Annotated[list[ActionFactor], Meta(min_length=1)]
    scm: ScmSpec | None


Count = Annotated[int, Meta(ge=0, le=9007199254740991)]


class BuildResult(Message):
    policy_parameters: Count
    value_head_parameters: Count
    scm_parameters: Count
    vocabulary_size: Positive
    device: str


class ImageBatch(Message):
    """`number` RGB images of one size, contiguous, rows from the top, uint8."""

    frame: Count
    """Which raw frame of this message, counted from 0, holds the pixels."""
    number: Positive
    height: Positive
    width: Positive


class ObservationBatch(Message):
    prompts: Annotated[list[str], Meta(min_length=1)]
    images: ImageBatch | None
    image_index: list[Count] | None
    """For each prompt its image within `images`; null without images."""


class AddDemonstrationsParams(Message):
    """Adds to the data that `fitSft` learns from; sent in as many calls as wished."""

    observations: ObservationBatch
    utterances: Annotated[list[str], Meta(min_length=1)]


class AddDemonstrationsResult(Message):
    total: Count
    """Demonstrations held now."""


class FitSftParams(Message):
    """Supervised fine-tuning on the added demonstrations, which are dropped afterwards."""

    steps: Positive
    batch_size: Positive
    micro_batch: Positive
    learning_rate: PositiveNumber
    """Peak; falls to 0 along a cosine."""
    max_grad_norm: PositiveNumber
    seed: Seed


class Tensor(DenseTensor):
    dtype: Literal["float32", "int32"]
    shape: list[Count]
    data: bytes
    """Little-endian, C order."""


class FitSftResult(Message):
    losses: Tensor
    """[steps] mean token cross-entropy, nats."""


class TextExamples(Message, tag_field="kind", tag="texts"):
    texts: Annotated[list[str], Meta(min_length=1)]
    labels: Tensor
    """int32 [N, F], indices into the factors' labels."""


StepIds = list[Count]
"""Names of steps whose tokens, log-probs and images the worker keeps."""


class StepExamples(Message, tag_field="kind", tag="steps"):
    step_ids: StepIds
    labels: Tensor
    """int32 [N, F]"""


ScmExamples = TextExamples | StepExamples


class FitScmParams(Message):
    """Cross-entropy of a given y (Algorithm 1, line 17), summed over factors."""

    examples: ScmExamples
    steps: Positive
    batch_size: Positive
    learning_rate: PositiveNumber
    max_grad_norm: PositiveNumber
    seed: Seed


Metrics = dict[str, float]


class FitScmResult(Message):
    metrics: Metrics
    """scm/loss, scm/accuracy over the examples seen."""


class ActParams(Message):
    """Samples an utterance for each observation, as one batch."""

    observations: ObservationBatch
    step_ids: StepIds | None
    """Names to keep the steps under; null keeps nothing (evaluation)."""
    temperature: PositiveNumber
    greedy: bool
    max_new_tokens: Positive
    seed: Seed


class ActResult(Message):
    utterances: list[str]
    token_counts: list[Positive]
    finished: list[bool]
    """Whether the utterance ended by itself."""
    log_probs: Tensor
    """float32 [N], of the utterance at the sampling temperature."""
    values: Tensor
    """float32 [N]"""


class ScoreParams(Message):
    """The policy's present view of utterances that it once sampled."""

    step_ids: StepIds
    images: ImageBatch | None
    """Other images to score the same tokens under, one a step."""
    temperature: PositiveNumber


class ScoredStep(Message):
    step_id: Count
    tokens: list[str]
    """Pieces whose concatenation is the utterance; the end token last."""
    log_probs: Tensor
    """float32 [L]"""
    entropies: Tensor
    """float32 [L], nats, whole vocabulary."""
    causal_weights: Tensor | None
    """float32 [L] of the last `weigh`."""


class ScoreResult(Message):
    steps: list[ScoredStep]


class PaperWeights(Message, tag_field="kind", tag="paper"):
    """Eq. 6: |P(a|y) − P(a|y with one token nullified)|."""

    micro_batch: Positive
    """Sequences in one pass of the SCM."""


class PublishedWeights(Message, tag_field="kind", tag="published"):
    """The published variant: window, punctuation zeroed, min-max per utterance, square root."""

    window: Positive
    """Tokens nullified together, from position i on; the published code uses 4."""
    micro_batch: Positive


WeightMethod = PaperWeights | PublishedWeights


class WeighParams(Message):
    """Causal weights with the present φ (Algorithm 1, lines 13–14), kept beside the steps."""

    step_ids: StepIds
    labels: Tensor
    """int32 [N, F], the parsed action."""
    method: WeightMethod


class WeighResult(Message):
    weights: Tensor
    """float32, all utterances' weights one after another."""
    lengths: list[Positive]
    """Tokens of each utterance."""


NonNegative = Annotated[float, Meta(ge=0)]


class PpoSettings(Message):
    kind: Literal["ppo"]
    clip: PositiveNumber
    value_clip: PositiveNumber | None
    value_coefficient: NonNegative
    value_gradient: Literal["shared", "detached"]
    """Whether the value loss also trains the policy's backbone, as in RL4VLM, or its head alone."""
    ratio_guard: PositiveNumber | None
    """RL4VLM: where the ratio exceeds this, the unclipped surrogate is dropped."""
    thought_coefficient: NonNegative
    """λ on the log-probs of tokens before the action."""
    epochs: Positive
    batch_size: Positive
    """Steps in one optimiser step."""
    micro_batch: Positive
    """Steps in one forward and backward pass; does not change the result."""
    learning_rate: NonNegative
    value_learning_rate: NonNegative
    max_grad_norm: PositiveNumber
    value_only: bool
    """Train the value head alone (warm-up)."""


class NoEntropy(Message, tag_field="kind", tag="none"):
    pass


class UniformEntropy(Message, tag_field="kind", tag="uniform"):
    """RL + H: every token's entropy counts alike (Eq. 2)."""

    coefficient: NonNegative
    reduction: Literal["sum", "mean"]


class CausalEntropy(Message, tag_field="kind", tag="causal"):
    """CoSo: token entropies weighted by B^i (Eq. 7). The steps must have been weighed."""

    coefficient: NonNegative
    reduction: Literal["sum", "mean"]


EntropyTerm = NoEntropy | UniformEntropy | CausalEntropy


class KlTerm(Message):
    """Full-vocabulary KL(π ‖ reference), summed over tokens, averaged over steps."""

    coefficient: NonNegative
    region: Literal["utterance", "thoughts", "format"]
    """All tokens; those before the action part; or all but those whose characters decide the action."""


class UpdatePolicyParams(Message):
    step_ids: StepIds
    advantages: Tensor
    """float32 [N], as the loss uses them."""
    returns: Tensor
    """float32 [N], targets of the value head."""
    action_starts: list[Count | None]
    """UTF-16 offset where the action part of the utterance begins; null: all of it is thought."""
    action_spans: Tensor
    """int32 [N, 2], UTF-16 offsets of the characters that decide the action, end exclusive; −1, −1: none do."""
    algorithm: PpoSettings
    entropy: EntropyTerm
    kl: KlTerm | None
    temperature: PositiveNumber
    seed: Seed


class UpdatePolicyResult(Message):
    metrics: Metrics


class KeepReferenceParams(Message):
    """The present policy becomes the one that the KL term holds on to."""


class KeepReferenceResult(Message):
    pass


class ForgetStepsParams(Message):
    step_ids: StepIds | None
    """null: all of them."""


class ForgetStepsResult(Message):
    kept: Count


class SaveParams(Message):
    directory: Annotated[str, Meta(min_length=1)]
    parts: Literal["all", "policy"]
    """`policy`: what is needed to act; `all`: what is needed to go on."""


class SaveResult(Message):
    bytes: Count


class LoadParams(Message):
    directory: Annotated[str, Meta(min_length=1)]


class LoadResult(Message):
    parts: Literal["all", "policy"]


class StatsParams(Message):
    pass


class StatsResult(Message):
    peak_memory_bytes: Count
    """Resident on the host."""
    peak_device_memory_bytes: Count
    """0 without an accelerator."""
    kept_steps: Count
    seconds: dict[str, float]
    """Spent in each method since the start."""


class ShutdownParams(Message):
    pass


class ShutdownResult(Message):
    pass


class Request(Message):
    id: Count
    method: str
    params: Raw


class ResultReply(Message, tag_field="kind", tag="result"):
    id: Count
    result: Raw


class ErrorReply(Message, tag_field="kind", tag="error"):
    id: Count
    code: str
    """Stable name of the failure, such as `unknown-step` or `out-of-memory`."""
    message: str
    traceback: str


class ProgressReply(Message, tag_field="kind", tag="progress"):
    id: Count
    done: Count
    total: Positive
    metrics: Metrics


class HeartbeatReply(Message, tag_field="kind", tag="heartbeat"):
    """Sent every second, whatever the worker is doing."""


Reply = ResultReply | ErrorReply | ProgressReply | HeartbeatReply

METHODS: Final[dict[str, MethodTypes]] = {
    "hello": MethodTypes(HelloParams, HelloResult),
    "build": MethodTypes(BuildParams, BuildResult),
    "addDemonstrations": MethodTypes(AddDemonstrationsParams, AddDemonstrationsResult),
    "fitSft": MethodTypes(FitSftParams, FitSftResult),
    "fitScm": MethodTypes(FitScmParams, FitScmResult),
    "act": MethodTypes(ActParams, ActResult),
    "score": MethodTypes(ScoreParams, ScoreResult),
    "weigh": MethodTypes(WeighParams, WeighResult),
    "updatePolicy": MethodTypes(UpdatePolicyParams, UpdatePolicyResult),
    "keepReference": MethodTypes(KeepReferenceParams, KeepReferenceResult),
    "forgetSteps": MethodTypes(ForgetStepsParams, ForgetStepsResult),
    "save": MethodTypes(SaveParams, SaveResult),
    "load": MethodTypes(LoadParams, LoadResult),
    "stats": MethodTypes(StatsParams, StatsResult),
    "shutdown": MethodTypes(ShutdownParams, ShutdownResult),
}
"""Wire name of a method → the classes of its params and result."""
