"""The Hugging Face implementation of a policy: any image-text-to-text checkpoint folder, large or small."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn
from transformers import AutoModelForImageTextToText, AutoProcessor
from transformers.utils.logging import disable_progress_bar

from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.images import Image
from coso_worker.policies.padding import pad_left, pad_right, positions
from coso_worker.policies.policy import Hidden, Prompt, Sampled
from coso_worker.policies.sampling import sample_utterances
from coso_worker.policies.value_head import ValueHead

# Added to the logits of tokens that may not be sampled. Finite, so that 0 · log 0 stays 0 in entropies.
FORBIDDEN = -1e9

PREPROCESSED_IMAGES_KEPT = 512

disable_progress_bar()


class VisionLanguagePolicy:
    """Loads `path` with the auto classes. The model's own processor expands image placeholders and scales pixels."""

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype, seed: int) -> None:
        if not (path / "config.json").is_file():
            raise WorkerError(
                "bad-checkpoint", f"policy.path: expected a checkpoint folder with config.json, got {path}"
            )
        try:
            self.processor: Any = AutoProcessor.from_pretrained(path)
            self.model: Any = AutoModelForImageTextToText.from_pretrained(path, dtype=dtype)
        except (OSError, ValueError, KeyError) as error:
            raise WorkerError("bad-checkpoint", f"policy.path: cannot load {path}: {error}") from error
        model: nn.Module = self.model
        model.to(device).eval()  # dropout would make PPO's ratio differ from 1 before the first step
        self.device = device
        self._tokenizer: Any = self.processor.tokenizer
        self._preprocessed: OrderedDict[str, dict[str, Tensor]] = OrderedDict()
        self._reference: Any | None = None
        self._piece_of_token: dict[int, str] = {}

        text_config = self.model.config.get_text_config()
        self.vocabulary_size: int = text_config.vocab_size
        torch.manual_seed(seed)
        self.value_head: nn.Module = ValueHead(text_config.hidden_size).to(device)

        self.end_token: int = self._tokenizer.eos_token_id
        self._padding: int = self.end_token if self._tokenizer.pad_token_id is None else self._tokenizer.pad_token_id
        unknown = self._tokenizer.unk_token_id
        self.null_token: int = self._padding if unknown is None else unknown
        self.null_text: str = self._tokenizer.convert_ids_to_tokens(self.null_token)
        self.special_tokens = frozenset(self._tokenizer.all_special_ids)
        self._forbidden_V = torch.zeros(self.vocabulary_size, device=device)
        self._forbidden_V[[token for token in self.special_tokens if token != self.end_token]] = FORBIDDEN

    def null_token_of(self, kind: Literal["unknown", "padding", "end"]) -> int:
        """Stand-ins for y_null by name; the padding token where there is no unknown one."""
        match kind:
            case "unknown":
                return self.null_token
            case "padding":
                return self._padding
            case "end":
                return self.end_token

    # ── text and tokens ──────────────────────────────────────────────────────────────────────────────────────────────

    def encode(self, prompts: Sequence[str], images: Sequence[Image | None]) -> list[Prompt]:
        return [self._encode_one(prompt, image) for prompt, image in zip(prompts, images, strict=True)]

    def _encode_one(self, prompt: str, image: Image | None) -> Prompt:
        content = [{"type": "text", "text": prompt}]
        if image is not None:
            content.insert(0, {"type": "image"})
        text = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )
        self._check_placeholders(text, image)
        if image is not None:
            # The number of placeholders follows from the image's size alone, and the pixels are not needed for it.
            height, width = image.pixels_HWC.shape[:2]
            placeholders = self.processor._get_num_multimodal_tokens(image_sizes=[(height, width)])["num_image_tokens"]
            text = text.replace(self.processor.image_token, self.processor.image_token * placeholders[0])
        ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return Prompt(torch.tensor(ids, dtype=torch.long), image)

    def _check_placeholders(self, text: str, image: Image | None) -> None:
        """One placeholder an image: none would drop the image silently, one too many would shift the pixels."""
        expected = 0 if image is None else 1
        found = text.count(self.processor.image_token)
        if found == expected:
            return
        raise BadRequestError(
            f"prompts: expected {expected} {self.processor.image_token} after the chat template, got {found}; "
            "the template must place the image, and a prompt must not hold the placeholder itself"
        )

    def tokenize(self, utterances: Sequence[str]) -> list[Tensor]:
        rows = self._tokenizer(list(utterances), add_special_tokens=False)["input_ids"]
        return [torch.tensor([*row, self.end_token], dtype=torch.long) for row in rows]

    def text(self, tokens_L: Tensor) -> str:
        ids = tokens_L.tolist()
        if ids and ids[-1] == self.end_token:
            ids = ids[:-1]
        decoded: str = self._tokenizer.decode(ids, clean_up_tokenization_spaces=False)
        return decoded

    def pieces(self, tokens_L: Tensor) -> list[str]:
        whole = self.text(tokens_L)
        alone = [self.piece(token) for token in tokens_L.tolist()]
        # A token's own text may depend on its neighbours (spaces, split characters): then prefixes are decoded.
        return alone if "".join(alone) == whole else self._pieces_by_prefix(tokens_L, whole)

    def piece(self, token: int) -> str:
        """A token's text by itself; empty for the end token."""
        piece = self._piece_of_token.get(token)
        if piece is None:
            piece = self._piece_of_token[token] = self.text(torch.tensor([token]))
        return piece

    def _pieces_by_prefix(self, tokens_L: Tensor, whole: str) -> list[str]:
        pieces: list[str] = []
        told = 0
        for end in range(1, tokens_L.numel() + 1):
            prefix = self.text(tokens_L[:end])
            if not whole.startswith(prefix):  # ends inside a character: the last of its tokens shows it
                prefix = whole[:told]
            pieces.append(prefix[told:])
            told = max(told, len(prefix))
        return pieces

    # ── model ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sample(
        self,
        prompts: Sequence[Prompt],
        *,
        temperature: float,
        greedy: bool,
        max_new_tokens: int,
        generator: torch.Generator,
    ) -> Sampled:
        tokens_NP, mask_NP = pad_left([prompt.tokens_P for prompt in prompts], self._padding)
        return sample_utterances(
            self.model.base_model,
            tokens_NP.to(self.device),
            mask_NP.to(self.device),
            pixels=self._pixels(prompts),
            logits=self.logits,
            values=self.values,
            end=self.end_token,
            temperature=temperature,
            greedy=greedy,
            max_new_tokens=max_new_tokens,
            generator=generator,
        )

    def hidden(self, prompts: Sequence[Prompt], utterances: Sequence[Tensor], *, reference: bool = False) -> Hidden:
        prompt_NP, prompt_mask_NP = pad_left([prompt.tokens_P for prompt in prompts], self._padding)
        tokens_NL, mask_NL = pad_right(utterances, self._padding)
        mask = torch.cat([prompt_mask_NP, mask_NL], dim=1).to(self.device)
        outputs = self._backbone(reference)(
            input_ids=torch.cat([prompt_NP, tokens_NL], dim=1).to(self.device),
            attention_mask=mask,
            position_ids=positions(mask),
            use_cache=False,
            **self._pixels(prompts),
        )
        last_prompt = prompt_NP.shape[1] - 1
        # The state at position p predicts token p + 1: the first utterance token is predicted from the prompt's last.
        predicting_NLH = outputs.last_hidden_state[:, last_prompt:-1]
        return Hidden(predicting_NLH[mask_NL.to(self.device)], predicting_NLH[:, 0])

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        model = self._frozen() if reference else self.model
        logits_TV: Tensor = model.get_output_embeddings()(hidden_TH)
        # Half precision is too coarse for a log-softmax over a whole vocabulary.
        return logits_TV.to(torch.promote_types(logits_TV.dtype, torch.float32)) + self._forbidden_V

    def values(self, state_NH: Tensor) -> Tensor:
        values_N: Tensor = self.value_head(state_NH)
        return values_N

    def keep_reference(self) -> None:
        self._reference = copy.deepcopy(self.model).requires_grad_(False)

    @property
    def reference(self) -> Any | None:
        """The frozen model of the KL term, if one was kept."""
        return self._reference

    def save_pretrained(self, directory: Path) -> None:
        self.model.save_pretrained(directory)
        self.processor.save_pretrained(directory)

    def load_pretrained(self, directory: Path) -> None:
        """Takes over the weights of a checkpoint of the same shape. Raises what `from_pretrained` raises."""
        saved = type(self.model).from_pretrained(directory, dtype=self.model.dtype)
        self.model.load_state_dict(saved.state_dict())

    def _frozen(self) -> Any:
        if self._reference is None:
            raise WorkerError("no-reference", "kl: expected keepReference before an update with a KL term")
        return self._reference

    def _backbone(self, reference: bool) -> Callable[..., Any]:
        model = self._frozen() if reference else self.model
        backbone: Callable[..., Any] = model.base_model
        return backbone

    # ── pixels ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _pixels(self, prompts: Sequence[Prompt]) -> dict[str, Tensor]:
        """The vision tower's inputs for the rows that show an image, in row order."""
        rows = [self._preprocess(prompt.image) for prompt in prompts if prompt.image is not None]
        if not rows:
            return {}
        inputs = {name: torch.cat([row[name] for row in rows]).to(self.device) for name in rows[0]}
        return inputs | {"pixel_values": inputs["pixel_values"].to(self.model.dtype)}

    def _preprocess(self, image: Image) -> dict[str, Tensor]:
        if image.key in self._preprocessed:
            self._preprocessed.move_to_end(image.key)
            return self._preprocessed[image.key]
        features = self.processor.image_processor(
            image.pixels_HWC, return_tensors="pt", input_data_format="channels_last"
        )
        inputs = {name: value for name, value in features.items() if isinstance(value, Tensor)}
        self._preprocessed[image.key] = inputs
        if len(self._preprocessed) > PREPROCESSED_IMAGES_KEPT:
            self._preprocessed.popitem(last=False)
        return inputs
