"""A policy of Hugging Face's models, large or small: sampling, training passes, what learns, what is saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.utils.logging import disable_progress_bar

from coso_worker.errors import WorkerError
from coso_worker.images import Image
from coso_worker.policies.adapters import Adapters
from coso_worker.policies.causal_decoding import Backbone, CausalDecoding
from coso_worker.policies.families import load_family
from coso_worker.policies.padding import pad_left, pad_right
from coso_worker.policies.policy import Hidden, LearningStage, Prompt, Sampled, Sampling
from coso_worker.policies.precision import computing_in
from coso_worker.policies.reference import required
from coso_worker.policies.same_tokens import require_same_tokens
from coso_worker.policies.sampling import sample_utterances
from coso_worker.policies.tokenizer_policy import TokenizerPolicy
from coso_worker.protocol.messages import CheckpointPolicy

disable_progress_bar()


class HuggingFacePolicy(TokenizerPolicy):
    """`dtype` is that of computation and of weights that never change; weights that learn are kept in float32.

    Raises WorkerError `bad-checkpoint` when the checkpoint cannot be loaded.
    """

    def __init__(self, spec: CheckpointPolicy, *, device: torch.device, dtype: torch.dtype, seed: int) -> None:
        # Without adapters the weights themselves learn, and only what is computed with them is lowered in precision.
        weights_dtype = torch.float32 if spec.lora is None else dtype
        self._family = load_family(spec.path, dtype=weights_dtype, attention=spec.attention)
        self.model: Any = self._family.model
        model: nn.Module = self.model
        model.to(device).eval()  # dropout would make PPO's ratio differ from 1 before the first step
        # Adapters too multiply in lower precision: in float32 they would take as long as all of the base.
        self._dtype = dtype
        self._reference: nn.Module | None = None

        text_config = self.model.config.get_text_config()
        super().__init__(
            self._family.tokenizer,
            self._family.end_token,
            vocabulary_size=text_config.vocab_size,
            state_size=text_config.hidden_size,
            device=device,
            seed=seed,
        )

        if spec.gradient_checkpointing:
            self.model.activation_checkpointing_enable({"use_reentrant": False})
        self._adapters = None if spec.lora is None else Adapters(self.model, spec.lora)
        if self._adapters is None and spec.is_vision_frozen and self._family.vision is not None:
            self._family.vision.requires_grad_(False)

    @property
    def reads_images(self) -> bool:
        return self._family.vision is not None

    @property
    def image_token(self) -> int | None:
        """What stands for an image in a prompt; None for a model that reads text alone."""
        token: int | None = getattr(self.model.config, "image_token_id", None)
        return token

    @property
    def adapter_rank(self) -> int:
        """Of the adapters that learn; 0 where whole weights do."""
        return 0 if self._adapters is None else self._adapters.rank

    def encode(self, prompts: Sequence[str], images: Sequence[Image | None]) -> list[Prompt]:
        return [self._family.encode(prompt, image) for prompt, image in zip(prompts, images, strict=True)]

    # ── model ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling, *, slots: int) -> Sampled:
        backbone = Backbone(
            states=self._states,
            positions=self._positions,
            vision_inputs=self.vision_inputs,
            layers=self.model.config.get_text_config().num_hidden_layers,
            padding=self._words.padding,
            device=self.device,
        )
        with torch.no_grad(), computing_in(self._dtype, self.device):
            return sample_utterances(
                CausalDecoding(backbone, prompts, max_new_tokens=sampling.max_new_tokens, slots=slots),
                len(prompts),
                logits=self.logits,
                values=self.values,
                end=self.end_token,
                sampling=sampling,
                device=self.device,
                dtype=next(self.value_head.parameters()).dtype,
            )

    def hidden(self, prompts: Sequence[Prompt], utterances: Sequence[Tensor], *, reference: bool = False) -> Hidden:
        prompt_NP, prompt_mask_NP = pad_left([prompt.tokens_P for prompt in prompts], self._words.padding)
        tokens_NL, mask_NL = pad_right(utterances, self._words.padding)
        tokens = torch.cat([prompt_NP, tokens_NL], dim=1)
        mask = torch.cat([prompt_mask_NP, mask_NL], dim=1)
        vision_inputs = self.vision_inputs(prompts)
        with computing_in(self._dtype, self.device), self._as_reference() if reference else nullcontext():
            states = self._states(
                reference=reference,
                input_ids=tokens.to(self.device),
                attention_mask=mask.to(self.device),
                position_ids=self._positions(tokens, mask, vision_inputs),
                use_cache=False,
                **vision_inputs,
            )
        last_prompt = prompt_NP.shape[1] - 1
        # The state at position p predicts token p + 1: the first utterance token is predicted from the prompt's last.
        predicting_NLH = states[:, last_prompt:-1]
        return Hidden(predicting_NLH[mask_NL.to(self.device)], predicting_NLH[:, 0])

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        return self._through(self._model(reference).get_output_embeddings(), hidden_TH)

    def _through(self, head: nn.Module, hidden_TH: Tensor) -> Tensor:
        with computing_in(self._dtype, self.device):
            logits_TV: Tensor = head(hidden_TH)
        return self._sayable(logits_TV)

    def _states(self, *, reference: bool = False, **inputs: Any) -> Any:
        """Last hidden states [N, P, H] of the backbone, and nothing of the vocabulary's size."""
        try:
            return self._model(reference).base_model(**inputs).last_hidden_state
        except ValueError as error:
            if "image tokens do not match" not in str(error):
                raise
            raise WorkerError(
                "bad-checkpoint",
                f"policy.path: the processor and the vision tower disagree on how many tokens an image has ({error}); "
                "patch_size, vision_feature_select_strategy and merge_size must be those of config.json",
            ) from error

    def _model(self, reference: bool) -> Any:
        if not reference or self._adapters is not None:
            return self.model
        return required(self._reference)

    def vision_inputs(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        """What the backbone takes beside tokens, on the policy's device and in its precision."""
        inputs = self._family.vision_inputs(prompts)
        moved = {name: value.to(self.device) for name, value in inputs.items()}
        return {
            name: value.to(self.model.dtype) if value.is_floating_point() else value for name, value in moved.items()
        }

    def _positions(self, tokens_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]) -> Tensor:
        return self._family.positions(tokens_NP.to(self.device), mask_NP.to(self.device), vision_inputs)

    # ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def learning_parameters(self) -> list[nn.Parameter]:
        if self._adapters is not None:
            return self._adapters.parameters()
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    @contextmanager
    def learning(self, stage: LearningStage) -> Iterator[None]:
        switched: list[nn.Module] = [
            module
            for module in self.model.modules()
            if isinstance(module, GradientCheckpointingLayer) and module.gradient_checkpointing
        ]
        if self._adapters is not None:
            switched.extend(self._adapters.dropouts(stage))
        # These modules alone, not those in them: every other dropout stays off.
        for module in switched:
            module.training = True
        try:
            yield
        finally:
            for module in switched:
                module.training = False

    def keep_reference(self) -> None:
        if self._adapters is not None:
            self._adapters.keep_reference()
        else:
            self._reference = copy.deepcopy(self.model).requires_grad_(False)

    @property
    def reference(self) -> nn.Module | None:
        return self._reference if self._adapters is None else self._adapters.reference()

    def _as_reference(self) -> AbstractContextManager[None]:
        required(self.reference)
        return nullcontext() if self._adapters is None else self._adapters.as_reference()

    # ── disk ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def save_pretrained(self, directory: Path) -> None:
        self.model.save_pretrained(directory)
        self._family.save_processor(directory)

    def load_pretrained(self, directory: Path) -> None:
        require_same_tokens(directory, self._family.tokenizer)
        if self._adapters is not None:
            self._adapters.load(directory)
            return
        saved = type(self.model).from_pretrained(directory, dtype=self.model.dtype)
        self.model.load_state_dict(saved.state_dict())
