"""AutoUI as a policy: what it reads and says, sampling, training passes, what learns, what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers.utils.logging import disable_progress_bar

from coso_worker.images import Image
from coso_worker.policies.autoui.decoding import EncoderDecoderDecoding
from coso_worker.policies.autoui.features import ImageFeatures
from coso_worker.policies.autoui.loading import load_model, load_tokenizer
from coso_worker.policies.autoui.model import Encoded
from coso_worker.policies.padding import pad_right
from coso_worker.policies.policy import Hidden, Prompt, Sampled, Sampling
from coso_worker.policies.precision import computing_in
from coso_worker.policies.same_tokens import require_same_tokens
from coso_worker.policies.sampling import sample_utterances
from coso_worker.policies.tokenizer_policy import TokenizerPolicy
from coso_worker.policies.whole_model import WholeModelPolicy
from coso_worker.protocol.messages import AutoUiPolicy as AutoUiSpec

disable_progress_bar()

LONGEST_PROMPT = 512
"""Tokens, the end token included. Longer prompts lose their beginning, as in the reference: the goal stands last."""


class AutoUiPolicy(TokenizerPolicy, WholeModelPolicy):
    """States are the decoder's. V(s) and critics read the one at its start token, which has attended to the whole
    prompt and the image, and to nothing that is said.

    All weights learn and are kept in float32, but for the vision model's; `dtype` is that of computation, and the
    vision model's. Dropout is off, as for every policy. Raises WorkerError `bad-checkpoint` when a folder cannot be
    loaded.
    """

    def __init__(self, spec: AutoUiSpec, *, device: torch.device, dtype: torch.dtype, seed: int) -> None:
        tokenizer = load_tokenizer(spec.path)
        self.image_features = ImageFeatures(spec.vision, device=device, dtype=dtype)
        self.model: Any = load_model(spec.path, self.image_features.size)
        model: nn.Module = self.model
        model.to(device).eval()
        self._dtype = dtype
        config = self.model.config
        super().__init__(
            tokenizer,
            tokenizer.eos_token_id,
            vocabulary_size=config.vocab_size,
            state_size=config.d_model,
            device=device,
            seed=seed,
        )

    def encode(self, prompts: Sequence[str], images: Sequence[Image | None]) -> list[Prompt]:
        """A prompt's tokens and the end token, as T5 reads texts. The image takes no part in them."""
        return [
            Prompt(self._words.tokenize([prompt])[0][-LONGEST_PROMPT:], image)
            for prompt, image in zip(prompts, images, strict=True)
        ]

    # ── model ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling, *, slots: int) -> Sampled:
        with torch.no_grad(), computing_in(self._dtype, self.device):
            return sample_utterances(
                EncoderDecoderDecoding(self.model, self._encoded, prompts, slots=slots),
                len(prompts),
                logits=self.logits,
                values=self.values,
                end=self.end_token,
                sampling=sampling,
                device=self.device,
                dtype=next(self.value_head.parameters()).dtype,
            )

    def hidden(self, prompts: Sequence[Prompt], utterances: Sequence[Tensor], *, reference: bool = False) -> Hidden:
        tokens_NL, mask_NL = pad_right(utterances, self._words.padding)
        # The state at position l predicts token l: the start token stands before the first.
        read_NL = torch.cat([torch.full_like(tokens_NL[:, :1], self.model.start_token), tokens_NL[:, :-1]], dim=1)
        with computing_in(self._dtype, self.device):
            encoded = self._encoded(prompts, reference=reference)
            states_NLH = self._network(reference).decode(encoded, read_NL.to(self.device))
        return Hidden(states_NLH[mask_NL.to(self.device)], states_NLH[:, 0])

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        with computing_in(self._dtype, self.device):
            logits_TV = self._network(reference).vocabulary_logits(hidden_TH)
        return self._sayable(logits_TV)

    def _encoded(self, prompts: Sequence[Prompt], *, reference: bool = False) -> Encoded:
        tokens_NP, mask_NP = pad_right([prompt.tokens_P for prompt in prompts], self._words.padding)
        images = [prompt.image for prompt in prompts]
        encoded: Encoded = self._network(reference).encode(
            tokens_NP.to(self.device),
            mask_NP.to(self.device),
            self.image_features(images),
            torch.tensor([image is not None for image in images], device=self.device),
        )
        return encoded

    # ── disk ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def save_pretrained(self, directory: Path) -> None:
        """Writes what learns, and the tokenizer; the vision model stays where it came from."""
        self.model.save_pretrained(directory)
        self._words.tokenizer.save_pretrained(directory)

    def load_pretrained(self, directory: Path) -> None:
        require_same_tokens(directory, self._words.tokenizer)
        saved = load_model(str(directory), self.image_features.size)
        self.model.load_state_dict(saved.state_dict())
