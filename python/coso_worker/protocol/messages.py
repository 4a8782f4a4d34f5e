"""Everything that crosses the wire. Generated from ts/protocol/messages.ts by `npm run protocol`: do not edit."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Raw

from coso_worker.protocol.base import DenseTensor, Message, MethodTypes

SCHEMA_HASH: Final = "7612ecd8b1d405edeab358d32fb6d0b473862b96f771447269bd78067b7decbe"
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


class ShareFolderParams(Message):
    file: Annotated[str, Meta(min_length=1)]
    """Absolute path of a file that the client has just written."""
    content: str
    """What is in it. The worker writes the same to `<file>.seen`."""


class ShareFolderResult(Message):
    pass


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
    tokens: Literal["words", "fields"]
    """What a token is part of: `words` parts letters, digits and punctuation marks from one another; `fields` parts at
    white space and behind colons alone.
    """
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


Ratio = Annotated[float, Meta(ge=0, le=1)]


class Lora(Message):
    """Low-rank adapters by peft. They alone learn; the checkpoint's own weights stay as they are."""

    rank: Positive
    alpha: PositiveNumber
    """Updates are scaled by alpha / rank."""
    dropout: Ratio
    dropout_in: Literal["nothing", "sft", "sft-and-rl"]
    """Where the dropout is on. In RL it makes PPO's ratio differ from 1 before the first step, as in the reference."""
    targets: Literal["language", "everything"]
    """Linear layers that get an adapter: the language model's, or the vision tower's and projector's too."""


class CheckpointPolicy(Message, tag_field="kind", tag="checkpoint"):
    """A checkpoint of a known family, large or small."""

    path: Annotated[str, Meta(min_length=1)]
    """Folder in Hugging Face's form, or a name on its hub."""
    lora: Lora | None
    """null: all weights learn."""
    is_vision_frozen: bool
    """Without LoRA: whether the vision tower keeps its weights."""
    gradient_checkpointing: bool
    """Compute activations again in the backward pass instead of keeping them."""
    attention: Literal["sdpa", "eager", "flash_attention_2"]


class Convolution(Message):
    """A square convolution without padding, and a ReLU after it."""

    filters: Positive
    kernel: Positive
    """Side in pixels."""
    stride: Positive


class ConvolutionalPolicy(Message, tag_field="kind", tag="convolutional"):
    """A convolutional network over pixels that reads no text; an utterance is one token."""

    utterances: Annotated[list[str], Meta(min_length=1)]
    """What the policy can say, one utterance an action."""
    image_size: Positive
    """Side in pixels that images are brought to."""
    layers: Annotated[list[Convolution], Meta(min_length=1)]
    hidden_size: Positive
    """Features that actions and values are read from."""


class AutoUiPolicy(Message, tag_field="kind", tag="autoui"):
    """AutoUI: a T5 whose encoder states are mixed with pooled features of one image."""

    path: Annotated[str, Meta(min_length=1)]
    """Folder of a T5 with image_dense, mha_layer and gate_dense, or a name on Hugging Face's hub."""
    vision: Annotated[str, Meta(min_length=1)]
    """Folder of a BLIP-2, or of its vision model alone, or a name on the hub; it never changes."""


class EmbeddedAutoUiPolicy(Message, tag_field="kind", tag="embedded-autoui"):
    """A small AutoUI with fresh weights, over a small vision model whose fresh weights never change."""

    directory: str
    """Folder that the checkpoint is written to, then loaded from like any other."""
    vision_directory: str
    """The same, of the vision model."""
    corpus: Annotated[list[str], Meta(min_length=1)]
    """The domain's text: what the tokenizer is trained on."""
    vocabulary_size: Positive
    hidden_size: Positive
    layers: Positive
    """Of the encoder, and as many of the decoder."""
    heads: Positive
    image_size: Positive
    """Side in pixels that images are brought to."""
    patch_size: Positive
    vision_hidden_size: Positive
    """Numbers that stand for an image."""
    vision_layers: Positive


PolicySpec = EmbeddedPolicy | CheckpointPolicy | ConvolutionalPolicy | AutoUiPolicy | EmbeddedAutoUiPolicy

Count = Annotated[int, Meta(ge=0, le=9007199254740991)]


class TransformersEngine(Message, tag_field="kind", tag="transformers"):
    """The policy that learns samples by itself, or a copy of it does."""

    slots: Positive
    """Utterances in the making at once; further prompts wait until one has ended."""
    own_process: bool
    """Whether a copy of the policy samples in a process of its own, so that sampling and learning overlap; it gets the
    weights after each change.
    """
    cuda_device: Count | None
    """Of an engine in a process of its own: which of the CUDA devices that the worker sees; null: as the worker."""


class VllmEngine(Message, tag_field="kind", tag="vllm"):
    """vLLM, in a process and an environment of its own, gets the policy's weights after each change."""

    python: Annotated[str, Meta(min_length=1)]
    """Interpreter of the environment that vLLM is installed in."""
    slots: Positive
    """Utterances in the making at once; further prompts wait until one has ended."""
    memory_share: Ratio
    """Of the accelerator's memory, for vLLM's weights and cache together."""
    cache_gigabytes: PositiveNumber | None
    """Cache of keys and values, 1e9 bytes; null: what memoryShare leaves, or 1 GiB without an accelerator."""
    sleep: bool
    """Whether vLLM gives its accelerator's memory back while the policy learns, where both share one."""
    cuda_device: Count | None
    """Of an engine in a process of its own: which of the CUDA devices that the worker sees; null: as the worker."""


EngineSpec = TransformersEngine | VllmEngine


class ActionFactor(Message):
    """A closed label set, the `invalid` label included."""

    name: str
    labels: Annotated[list[str], Meta(min_length=2)]


class FreshEncoder(Message, tag_field="kind", tag="fresh"):
    """A BERT with fresh weights, whose vocabulary is the policy's."""

    hidden_size: Positive
    layers: Positive
    heads: Positive
    feed_forward_size: Positive
    dropout: Ratio
    max_positions: Positive
    """Longest utterance that it reads, in tokens; the rest is cut off."""


class PretrainedEncoder(Message, tag_field="kind", tag="pretrained"):
    """A pretrained BERT that reads the utterance's text; the policy's tokens are mapped to its own by characters."""

    path: Annotated[str, Meta(min_length=1)]
    """Folder of a BERT-family checkpoint with its own tokenizer, or `package:NAME` for the Python package that carries
    one.
    """
    is_frozen: bool
    """Train the heads alone, on features that do not change."""


ScmEncoder = FreshEncoder | PretrainedEncoder


class ScmSpec(Message):
    """The network that approximates P(a | y)."""

    encoder: ScmEncoder
    pooling: Literal["masked-mean", "padded-mean"]
    """Mean over an utterance's tokens, or, as in the published code, over the batch's padding too."""


class PolicyFeatures(Message, tag_field="kind", tag="policy"):
    """The policy's own backbone, at a prompt's last token; nothing flows back into it."""


class TextFeatures(Message, tag_field="kind", tag="pretrained"):
    """A frozen pretrained BERT reads texts; what is seen still comes from the policy's backbone."""

    path: Annotated[str, Meta(min_length=1)]
    """Folder of a BERT-family checkpoint with its own tokenizer, or `package:NAME` for the Python package that carries
    one.
    """


CriticEncoder = PolicyFeatures | TextFeatures


class CriticSpec(Message):
    """AWR's critics: a step-level one with two heads, and an instruction-level one."""

    encoder: CriticEncoder
    hidden_size: Positive
    """Of both hidden layers of each step-level head."""


class BuildParams(Message):
    seed: Seed
    device: Literal["auto", "cpu", "cuda"]
    dtype: Literal["float32", "bfloat16"]
    policy: PolicySpec
    engine: EngineSpec
    old_log_probs: Literal["sampled", "recomputed", "at-update"]
    """Log-probs of kept steps: those of sampling, or those of a training pass that follows it, at once or by
    `readAgain`.
    """
    factors: Annotated[list[ActionFactor], Meta(min_length=1)]
    scm: ScmSpec | None
    critics: CriticSpec | None
    """null: none."""


class BuildResult(Message):
    policy_parameters: Count
    learning_policy_parameters: Count
    """Those that learn: all, or the adapters alone."""
    value_head_parameters: Count
    scm_parameters: Count
    critic_parameters: Count
    """Those that learn."""
    vocabulary_size: Positive
    null_text: str
    """What the token that stands for y_null looks like as text."""
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
    policy: Literal["present", "held"]
    """Who speaks: the present policy, or the one that an engine in a process of its own still holds. The latter, where
    there is such an engine, is answered in the middle of weighing and learning, too.
    """


class ActResult(Message):
    utterances: list[str]
    token_counts: list[Positive]
    finished: list[bool]
    """Whether the utterance ended by itself."""
    log_probs: Tensor
    """float32 [N], of the utterance at the sampling temperature."""
    values: Tensor
    """float32 [N]"""


class ValuesParams(Message):
    """V(s) of each observation, by the present policy."""

    observations: ObservationBatch


class ValuesResult(Message):
    values: Tensor
    """float32 [N]"""


class ReadAgainParams(Message):
    """Kept steps get log-probs, entropies and values of the present policy; what their tokens were drawn by stays."""

    step_ids: StepIds
    temperature: PositiveNumber


class ReadAgainResult(Message):
    values: Tensor
    """float32 [N]"""


class ObserveParams(Message):
    """Keeps observations that nothing is said to, such as what lies behind an episode's last step."""

    observations: ObservationBatch
    step_ids: StepIds


class ObserveResult(Message):
    kept: Count
    """Steps held now."""


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
    sampled_log_probs: Tensor
    """float32 [L], as they were when the utterance was sampled."""
    entropies: Tensor
    """float32 [L], nats, whole vocabulary."""
    causal_weights: Tensor | None
    """float32 [L] of the last `weigh`."""


class ScoreResult(Message):
    steps: list[ScoredStep]


class ReadTokensParams(Message):
    """The tokens of kept utterances as text, and what the policy might have said in each place."""

    step_ids: StepIds
    alternatives: Count
    """Other draws of each token, given the tokens before it; 0: none, and no pass of the policy."""
    temperature: PositiveNumber
    seed: Seed


class ReadTokensResult(Message):
    pieces: list[list[str]]
    """[N][L], whose concatenation is the utterance; the end token is empty."""
    alternatives: list[list[list[str]]]
    """[N][L][alternatives], drawn with replacement; what was said may be among them."""


class PaperWeights(Message, tag_field="kind", tag="paper"):
    """Eq. 6: |P(a|y) − P(a|y with one token nullified)|."""

    micro_batch: Positive
    """Sequences in one pass; does not change the result."""


class PublishedWeights(Message, tag_field="kind", tag="published"):
    """Eq. 6 as the published code has it; each difference to the paper is a switch of its own."""

    window: Positive
    """Tokens nullified together, from position i on; cut at the utterance's end."""
    null_token: Literal["unknown", "padding", "end"]
    """The token of the policy's tokenizer that stands for y_null."""
    zeroed: list[Literal["special", "punctuation"]]
    """Classes of tokens that get weight 0 before anything is normalised."""
    normalisation: Literal["none", "min-max"]
    """Within each utterance."""
    power: PositiveNumber
    """Exponent after normalisation; the published code takes the square root."""
    micro_batch: Positive
    """Sequences in one pass; does not change the result."""


class GradientWeights(Message, tag_field="kind", tag="gradient"):
    """First-order approximation of Eq. 6: |⟨∂P(a|y)/∂e_i, e_null − e_i⟩|, cut to [0, 1]; one backward pass."""

    micro_batch: Positive
    """Sequences in one pass; does not change the result."""


NonNegative = Annotated[float, Meta(ge=0)]


class HierarchicalWeights(Message, tag_field="kind", tag="hierarchical"):
    """Eq. 6 for long utterances: spans first, tokens only inside spans that matter; the others get 0."""

    threshold: NonNegative
    """Tokens of a span are weighed one by one when nullifying it whole changes P(a|y) by more."""
    longest_span: Positive
    """Tokens; longer sentences and fields are split."""
    audited: Positive
    """Tokens drawn from the spans left out, weighed after all, to bound the error."""
    micro_batch: Positive
    """Sequences in one pass; does not change the result."""


class PolicyWeights(Message, tag_field="kind", tag="policy"):
    """Effects through the policy itself: |p_θ(deciding tokens|y) − p_θ(deciding tokens|y with token i nullified)| for
    what comes before them, 1 for themselves.
    """

    spans: Tensor
    """int32 [N, 2], UTF-16 offsets of the characters that decide the action; −1, −1: none do."""
    temperature: PositiveNumber
    micro_batch: Positive
    """Sequences in one pass; does not change the result."""


class GivenWeights(Message, tag_field="kind", tag="given"):
    """Weights found elsewhere, such as by f^parse itself."""

    weights: Tensor
    """float32, all utterances' weights one after another, in [0, 1]."""


WeightMethod = PaperWeights | PublishedWeights | GradientWeights | HierarchicalWeights | PolicyWeights | GivenWeights


class WeighParams(Message):
    """Causal weights with the present φ (Algorithm 1, lines 13–14), kept beside the steps."""

    step_ids: StepIds
    labels: Tensor
    """int32 [N, F], the parsed action."""
    method: WeightMethod
    seed: Seed


class WeighResult(Message):
    weights: Tensor
    """float32, all utterances' weights one after another."""
    lengths: list[Positive]
    """Tokens of each utterance."""
    metrics: Metrics
    """How the weights came about, such as bounds on their error."""


class PredictActionsParams(Message):
    """What φ expects f^parse to make of kept utterances."""

    step_ids: StepIds
    labels: Tensor
    """int32 [N, F], the parsed action."""


class PredictActionsResult(Message):
    predicted: Tensor
    """int32 [N, F], the likeliest label of each factor."""
    confidences: Tensor
    """float32 [N], P of the predicted labels together."""
    likelihoods: Tensor
    """float32 [N], P(a|y) of the parsed action."""


class CriticEpisode(Message):
    instruction: str
    """The episode's first prompt, which the instruction-level critic reads."""
    state_ids: Annotated[list[Count], Meta(min_length=2)]
    """Of one episode: its steps in time's order, then what lies behind the last one."""
    successes: Annotated[list[bool], Meta(min_length=1)]
    """[T]: whether the return from that step on is positive."""


class CriticFit(Message):
    steps: Count
    """Optimiser steps."""
    batch_size: Positive
    """Examples in one optimiser step, drawn with replacement."""
    learning_rate: PositiveNumber
    max_grad_norm: PositiveNumber


class FitCriticsParams(Message):
    """Cross-entropy of success given a state, and given an instruction."""

    episodes: Annotated[list[CriticEpisode], Meta(min_length=1)]
    held_out: list[CriticEpisode]
    """Episodes that critics are only measured on."""
    states: CriticFit
    """Of the step-level critic."""
    instructions: CriticFit
    """Of the instruction-level critic."""
    micro_batch: Positive
    """States in one pass of the encoder; does not change the result."""
    seed: Seed


class FitCriticsResult(Message):
    metrics: Metrics


class ValueInstructionsParams(Message):
    """P(success) by the instruction-level critic."""

    instructions: Annotated[list[str], Meta(min_length=1)]
    micro_batch: Positive


class ValueInstructionsResult(Message):
    values: Tensor
    """float32 [N]"""


class ValueStatesParams(Message):
    """V(s), the lower of the step-level critic's two estimates of P(success)."""

    episodes: Annotated[list[Annotated[list[Count], Meta(min_length=2)]], Meta(min_length=1)]
    micro_batch: Positive


class ValueStatesResult(Message):
    values: Tensor
    """float32, T + 1 of each episode one after another."""


class PpoSettings(Message, tag_field="kind", tag="ppo"):
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


class AwrSettings(Message, tag_field="kind", tag="awr"):
    """Advantage-weighted regression: −mean(A · log π) over steps, whichever policy sampled them."""

    thought_coefficient: NonNegative
    """λ on the log-probs of tokens before the action; DigiRL counts all alike, 1."""
    steps: Count
    """Optimiser steps; 0 leaves the policy as it is."""
    batch_size: Positive
    """Steps in one optimiser step, drawn anew for each."""
    micro_batch: Positive
    """Steps in one forward and backward pass; does not change the result."""
    learning_rate: NonNegative
    max_grad_norm: PositiveNumber
    fresh_step_ids: StepIds
    """Kept steps that the present policy sampled: log-probs of sampling and training are compared on these alone."""


PolicyObjective = PpoSettings | AwrSettings


class UniformTokens(Message, tag_field="kind", tag="uniform"):
    """Every token counts 1."""


class CausalTokens(Message, tag_field="kind", tag="causal"):
    """B^i of the last `weigh`."""

    floor: Ratio
    """Weight of a token without effect: B becomes floor + (1 − floor) · B."""


class ActionTokens(Message, tag_field="kind", tag="action"):
    """1 from the action key on, 0 for the thoughts before it."""


class SpanTokens(Message, tag_field="kind", tag="span"):
    """1 for tokens whose characters f^parse read the action from, else 0."""


class HighEntropyTokens(Message, tag_field="kind", tag="high-entropy"):
    """1 for the tokens of highest entropy, else 0."""

    share: Ratio
    """Of all tokens of the update, by entropy when sampled."""


TokenWeights = UniformTokens | CausalTokens | ActionTokens | SpanTokens | HighEntropyTokens


class EntropyTerm(Message):
    """α Σ_i w_i H(y^i|y^<i): RL + H with uniform weights (Eq. 2), CoSo with causal ones (Eq. 7)."""

    weights: TokenWeights
    coefficient: NonNegative
    """α"""
    reduction: Literal["sum", "mean"]
    """Over an utterance's tokens; Eq. 7 sums."""


class ClipCovTokens(Message, tag_field="kind", tag="clip-cov"):
    """0 for a random share of the tokens whose covariance of log-prob and advantage lies in [low, high], else 1."""

    share: Ratio
    """Of all tokens of the update."""
    low: float
    high: float


class KlCovTokens(Message, tag_field="kind", tag="kl-cov"):
    """Weight 1 throughout; the tokens of highest covariance of log-prob and advantage are held back by a KL term."""

    share: Ratio
    """Of all tokens of the update, those of highest covariance."""
    coefficient: NonNegative
    """Of |log π_old − log π| at those tokens."""


GradientTerm = UniformTokens | CausalTokens | ActionTokens | SpanTokens | HighEntropyTokens | ClipCovTokens | KlCovTokens
"""Weights of tokens in the policy gradient. They scale gradients of log-probs, never log-probs, so ratios stay true."""


class KlTerm(Message):
    """Full-vocabulary KL(π ‖ reference), summed over tokens, averaged over steps."""

    coefficient: NonNegative
    region: Literal["utterance", "thoughts", "format"]
    """All tokens; those before the action part; or all but those whose characters decide the action."""


class MismatchHandling(Message):
    """What is done where tokens were not drawn by the probabilities of the policy that learns."""

    truncation: PositiveNumber | None
    """Largest importance weight π_old(y) / π_drawn(y) of a step, which scales its term; null: no weights."""
    largest_mean: PositiveNumber | None
    """Mean gap of a token's log-probs, nats, above which the update is refused; null: never."""


class UpdatePolicyParams(Message):
    step_ids: StepIds
    advantages: Tensor
    """float32 [N], as the loss uses them."""
    returns: Tensor | None
    """float32 [N], targets of PPO's value head; null with AWR, which has none."""
    action_starts: list[Count | None]
    """UTF-16 offset where the action part of the utterance begins; null: all of it is thought."""
    action_spans: Tensor
    """int32 [N, 2], UTF-16 offsets of the characters that decide the action, end exclusive; −1, −1: none do."""
    algorithm: PolicyObjective
    entropy: EntropyTerm | None
    gradient: GradientTerm
    kl: KlTerm | None
    mismatch: MismatchHandling
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
    parts: Literal["all", "agent"]
    """`agent`: what is needed to act and to weigh; `all`: to go on."""
    images: Annotated[str, Meta(min_length=1)] | None
    """Folder that images of kept steps go to with `all`; null: kept steps are not saved."""


class SaveResult(Message):
    bytes: Count


class LoadParams(Message):
    directory: Annotated[str, Meta(min_length=1)]
    images: Annotated[str, Meta(min_length=1)] | None
    """The folder that `save` was given; null: kept steps stay as they are."""


class LoadResult(Message):
    parts: Literal["all", "agent"]


class StatsParams(Message):
    pass


class StatsResult(Message):
    peak_memory_bytes: Count
    """Resident on the host."""
    peak_device_memory_bytes: Count
    """0 without an accelerator."""
    peak_memory_by_method: dict[str, Count]
    """Bytes, the highest while each method ran: on the accelerator if there is one, else resident."""
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
    "shareFolder": MethodTypes(ShareFolderParams, ShareFolderResult),
    "build": MethodTypes(BuildParams, BuildResult),
    "addDemonstrations": MethodTypes(AddDemonstrationsParams, AddDemonstrationsResult),
    "fitSft": MethodTypes(FitSftParams, FitSftResult),
    "fitScm": MethodTypes(FitScmParams, FitScmResult),
    "act": MethodTypes(ActParams, ActResult),
    "values": MethodTypes(ValuesParams, ValuesResult),
    "readAgain": MethodTypes(ReadAgainParams, ReadAgainResult),
    "observe": MethodTypes(ObserveParams, ObserveResult),
    "score": MethodTypes(ScoreParams, ScoreResult),
    "readTokens": MethodTypes(ReadTokensParams, ReadTokensResult),
    "weigh": MethodTypes(WeighParams, WeighResult),
    "predictActions": MethodTypes(PredictActionsParams, PredictActionsResult),
    "fitCritics": MethodTypes(FitCriticsParams, FitCriticsResult),
    "valueInstructions": MethodTypes(ValueInstructionsParams, ValueInstructionsResult),
    "valueStates": MethodTypes(ValueStatesParams, ValueStatesResult),
    "updatePolicy": MethodTypes(UpdatePolicyParams, UpdatePolicyResult),
    "keepReference": MethodTypes(KeepReferenceParams, KeepReferenceResult),
    "forgetSteps": MethodTypes(ForgetStepsParams, ForgetStepsResult),
    "save": MethodTypes(SaveParams, SaveResult),
    "load": MethodTypes(LoadParams, LoadResult),
    "stats": MethodTypes(StatsParams, StatsResult),
    "shutdown": MethodTypes(ShutdownParams, ShutdownResult),
}
"""Wire name of a method → the classes of its params and result."""
