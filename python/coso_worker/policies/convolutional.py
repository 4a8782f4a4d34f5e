"""The baseline "CNN + RL": a policy that chooses among actions by pixels alone.

An utterance is one token, whose text is the action's; nothing follows it. So everything downstream of a token policy
works on it unchanged: f^parse, PPO's ratio, entropies, KL, checkpoints. The prompt's text is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary

import msgspec
import torch
from safetensors.torch import load_model, save_model
from torch import Tensor, nn

from coso_worker.errors import BadRequestError
from coso_worker.images import Image
from coso_worker.policies.convolutional_network import ConvolutionalNetwork, LinearValueHead
from coso_worker.policies.policy import Hidden, Prompt, Sampled, Sampling
from coso_worker.policies.precision import computing_in
from coso_worker.policies.sampling import FORBIDDEN, draw_tokens
from coso_worker.policies.whole_model import WholeModelPolicy
from coso_worker.protocol.messages import ConvolutionalPolicy as ConvolutionalSpec

CONFIGURATION = "config.json"
WEIGHTS = "model.safetensors"
NO_TOKENS = torch.zeros(0, dtype=torch.long)


class ConvolutionalPolicy(WholeModelPolicy):
    """Token i says `spec.utterances[i]`. The token after the last is never drawn: it stands for y_null and the end.

    Weights are float32; `dtype` is that of computation. Images that are not square lose their proportions.
    """

    def __init__(self, spec: ConvolutionalSpec, *, device: torch.device, dtype: torch.dtype, seed: int) -> None:
        self._spec = spec
        self._dtype = dtype
        self._token_of_utterance = {utterance: token for token, utterance in enumerate(spec.utterances)}
        self._pixels_of_image: WeakKeyDictionary[Image, Tensor] = WeakKeyDictionary()
        torch.manual_seed(seed)
        self.model: Any = ConvolutionalNetwork(spec).to(device)
        self.value_head: nn.Module = LinearValueHead(spec.hidden_size).to(device)
        self.device = device
        self.vocabulary_size = len(spec.utterances) + 1
        self.state_size = spec.hidden_size
        self.end_token = self.null_token = len(spec.utterances)
        self.null_text = ""
        self.special_tokens = self.forbidden_tokens = frozenset({self.null_token})

    # ── text and tokens ──────────────────────────────────────────────────────────────────────────────────────────────

    def encode(self, prompts: Sequence[str], images: Sequence[Image | None]) -> list[Prompt]:
        return [Prompt(NO_TOKENS, image) for _, image in zip(prompts, images, strict=True)]

    def tokenize(self, utterances: Sequence[str]) -> list[Tensor]:
        """Raises BadRequestError for a text that is no action's."""
        unknown = [utterance for utterance in utterances if utterance not in self._token_of_utterance]
        if unknown:
            raise BadRequestError(
                f"utterances: a convolutional policy can say {self._spec.utterances} alone, got {unknown[0]!r}"
            )
        return [torch.tensor([self._token_of_utterance[utterance]]) for utterance in utterances]

    def text(self, tokens_L: Tensor) -> str:
        return "".join(self.pieces(tokens_L))

    def pieces(self, tokens_L: Tensor) -> list[str]:
        return [self.piece(token) for token in tokens_L.tolist()]

    def piece(self, token: int) -> str:
        return self.null_text if token == self.null_token else self._spec.utterances[token]

    def null_token_of(self, kind: Literal["unknown", "padding", "end"]) -> int:
        return self.null_token

    # ── model ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @torch.no_grad()
    def sample(self, prompts: Sequence[Prompt], sampling: Sampling, *, slots: int) -> Sampled:
        """All at once, whatever `slots` is: one token is all there is to say."""
        features_NH = self._features(prompts)
        draws_N = None if sampling.draws_NL is None else sampling.draws_NL[:, 0].to(self.device)
        drawn = draw_tokens(self.logits(features_NH), temperature=sampling.temperature, draws_N=draws_N)
        return Sampled(
            tokens=list(drawn.tokens_N.cpu().split(1)),
            log_probs=list(drawn.log_probs_N.cpu().split(1)),
            entropies=list(drawn.entropies_N.cpu().split(1)),
            finished=[True] * len(prompts),
            values_N=self.values(features_NH).cpu(),
        )

    def hidden(self, prompts: Sequence[Prompt], utterances: Sequence[Tensor], *, reference: bool = False) -> Hidden:
        """What predicts the one token of an utterance is what V(s) is read from."""
        features_NH = self._features(prompts, reference=reference)
        return Hidden(features_NH, features_NH)

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        with computing_in(self._dtype, self.device):
            logits_TA: Tensor = self._network(reference).actions(hidden_TH)
        logits_TA = logits_TA.to(torch.promote_types(logits_TA.dtype, torch.float32))
        return nn.functional.pad(logits_TA, (0, 1), value=FORBIDDEN)

    def values(self, state_NH: Tensor) -> Tensor:
        values_N: Tensor = self.value_head(state_NH)
        return values_N

    def _features(self, prompts: Sequence[Prompt], *, reference: bool = False) -> Tensor:
        """float32 [N, H]; an image that several prompts show goes through the network once."""
        row_of_image: dict[Image, int] = {}
        rows = [row_of_image.setdefault(_shown(prompt), len(row_of_image)) for prompt in prompts]
        network = self._network(reference)
        pixels_MCSS = torch.stack([self._pixels(image) for image in row_of_image])
        with computing_in(self._dtype, self.device):
            features_MH: Tensor = network.features(pixels_MCSS.to(network.actions.weight))
        return features_MH.to(network.actions.weight.dtype)[rows]

    def _pixels(self, image: Image) -> Tensor:
        """float32 [3, S, S], averaged over areas; white is 0 and black is 1, so that the usual background is silent."""
        pixels_CSS = self._pixels_of_image.get(image)
        if pixels_CSS is None:
            pixels_CHW = 1 - torch.from_numpy(image.pixels_HWC).permute(2, 0, 1).float() / 255
            side = self._spec.image_size
            pixels_CSS = nn.functional.interpolate(pixels_CHW.unsqueeze(0), size=(side, side), mode="area").squeeze(0)
            self._pixels_of_image[image] = pixels_CSS
        return pixels_CSS

    # ── disk ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def save_pretrained(self, directory: Path) -> None:
        """Writes weights, and the specification that they belong to."""
        directory.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(directory / WEIGHTS))
        (directory / CONFIGURATION).write_bytes(msgspec.json.encode(self._spec))

    def load_pretrained(self, directory: Path) -> None:
        """Raises ValueError where the folder's policy has another shape or says other things."""
        saved = msgspec.json.decode((directory / CONFIGURATION).read_bytes(), type=ConvolutionalSpec)
        if saved != self._spec:
            raise ValueError(f"expected a policy of {self._spec}, got {saved}")
        load_model(self.model, str(directory / WEIGHTS))


def _shown(prompt: Prompt) -> Image:
    if prompt.image is None:
        raise BadRequestError("images: a convolutional policy acts on pixels, got a prompt without an image")
    return prompt.image
