"""AutoUI: the network is the reference's, and the rest of the worker does not notice an encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import Blip2Model, T5ForConditionalGeneration

from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.images import Image
from coso_worker.policies.autoui import AutoUiPolicy
from coso_worker.policies.autoui.features import ImageFeatures
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.protocol import messages
from coso_worker.sft import demonstrated
from tiny_autoui import (
    EXTRA_ROWS,
    FEATURES,
    PROMPTS,
    UTTERANCES,
    WIDTH,
    as_bin,
    change_weights,
    write_autoui,
    write_blip2,
)

CPU = torch.device("cpu")
TEMPERATURE = 0.7


@pytest.fixture
def blip2(tmp_path: Path) -> Path:
    return write_blip2(tmp_path / "blip2")


@pytest.fixture(params=["tied", "untied"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return write_autoui(tmp_path / "autoui", is_tied=request.param == "tied")


@pytest.fixture
def policy(folder: Path, blip2: Path) -> AutoUiPolicy:
    return policy_of(folder, blip2)


def policy_of(folder: Path, blip2: Path, dtype: torch.dtype = torch.float32) -> AutoUiPolicy:
    spec = messages.AutoUiPolicy(path=str(folder), vision=str(blip2))
    return AutoUiPolicy(spec, device=CPU, dtype=dtype, seed=1)


def picture(number: int, height: int = 24, width: int = 20) -> Image:
    pixels = np.random.default_rng(number).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image(f"{number}-{height}-{width}", pixels)


def usual_prompts(policy: AutoUiPolicy, rows: int = 5) -> list[Prompt]:
    """Prompts of unequal lengths over images of unequal sizes; the last sees nothing."""
    images = [picture(row, height=16 + 8 * row) for row in range(rows - 1)]
    return policy.encode([PROMPTS[row % 2] for row in range(rows)], [*images, None])


def usual_utterances(policy: AutoUiPolicy, rows: int = 5) -> list[Tensor]:
    return policy.tokenize([UTTERANCES[row % 3] for row in range(rows)])


def sampled(policy: AutoUiPolicy, prompts: list[Prompt], *, greedy: bool = False, slots: int = 64) -> Sampled:
    draws_NL = None if greedy else row_draws(3, len(prompts), 16)
    return policy.sample(prompts, Sampling(TEMPERATURE, 16, draws_NL), slots=slots)


@torch.no_grad()
def log_probs(policy: AutoUiPolicy, prompts: list[Prompt], utterances: list[Tensor]) -> Tensor:
    hidden = policy.hidden(prompts, utterances)
    return token_statistics(
        hidden.utterance_TH, torch.cat(utterances), policy.logits, TEMPERATURE, vocabulary_size=policy.vocabulary_size
    ).log_probs_T


@torch.no_grad()
def reference_logits(folder: Path, prompt: Prompt, features_F: Tensor, utterance_L: Tensor) -> Tensor:
    """[L, V] by the reference's recipe, from transformers' T5, torch's modules and the file's weights alone."""
    t5: Any = T5ForConditionalGeneration.from_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    image_dense, gate_dense = nn.Linear(FEATURES, WIDTH), nn.Linear(2 * WIDTH, WIDTH)
    mha_layer = nn.MultiheadAttention(WIDTH, num_heads=1, batch_first=True)
    for name, module in {"image_dense": image_dense, "gate_dense": gate_dense, "mha_layer": mha_layer}.items():
        state = {key.removeprefix(f"{name}."): each for key, each in weights.items() if key.startswith(f"{name}.")}
        module.load_state_dict(state)
    states = t5.encoder(input_ids=prompt.tokens_P.unsqueeze(0)).last_hidden_state
    image = image_dense(features_F)[None, None]
    attended, _ = mha_layer(states, image, image)
    gate = gate_dense(torch.cat([states, attended], dim=-1)).sigmoid()
    fused = (1 - gate) * states + gate * attended
    logits_LV: Tensor = t5(encoder_outputs=(fused,), labels=utterance_L.unsqueeze(0)).logits[0]
    return logits_LV


@torch.no_grad()
def reference_features(blip2: Path, policy: AutoUiPolicy, image: Image) -> Tensor:
    """[F], as the reference has them of a whole BLIP-2."""
    whole: Any = Blip2Model.from_pretrained(blip2)
    pixels = policy.image_features._image_processor(image.pixels_HWC, return_tensors="pt")["pixel_values"]
    pooled_F: Tensor = whole.eval().get_image_features(pixel_values=pixels).pooler_output[0]
    return pooled_F


def test_prompts_that_wait_are_answered_as_if_they_had_not(policy: AutoUiPolicy) -> None:
    prompts = usual_prompts(policy)
    together, apart = sampled(policy, prompts), sampled(policy, prompts, slots=2)
    assert [tokens_L.tolist() for tokens_L in apart.tokens] == [tokens_L.tolist() for tokens_L in together.tokens]
    assert torch.cat(apart.log_probs).tolist() == pytest.approx(torch.cat(together.log_probs).tolist(), abs=1e-4)
    assert apart.values_N.tolist() == pytest.approx(together.values_N.tolist(), abs=1e-4)


def test_logits_are_those_of_the_references_recipe(policy: AutoUiPolicy, folder: Path, blip2: Path) -> None:
    image = picture(0)
    [prompt] = policy.encode(PROMPTS[:1], [image])
    [utterance_L] = policy.tokenize(UTTERANCES[:1])
    expected_LV = reference_logits(folder, prompt, reference_features(blip2, policy, image), utterance_L)
    with torch.no_grad():
        logits_LV = policy.logits(policy.hidden([prompt], [utterance_L]).utterance_TH)
    sayable = [token for token in range(policy.vocabulary_size) if token not in policy.forbidden_tokens]
    torch.testing.assert_close(logits_LV[:, sayable], expected_LV[:, sayable], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("without", ["an image", "a gate"])
def test_without_its_image_or_its_gate_it_is_a_plain_t5(
    policy: AutoUiPolicy, folder: Path, blip2: Path, without: str
) -> None:
    if without == "a gate":
        nn.init.zeros_(policy.model.gate_dense.weight)
        nn.init.constant_(policy.model.gate_dense.bias, -1e4)
    [prompt] = policy.encode(PROMPTS[:1], [picture(0) if without == "a gate" else None])
    [utterance_L] = policy.tokenize(UTTERANCES[:1])
    t5: Any = T5ForConditionalGeneration.from_pretrained(folder)
    with torch.no_grad():
        expected_LV = t5(input_ids=prompt.tokens_P.unsqueeze(0), labels=utterance_L.unsqueeze(0)).logits[0]
        logits_LV = policy.logits(policy.hidden([prompt], [utterance_L]).utterance_TH)
    sayable = [token for token in range(policy.vocabulary_size) if token not in policy.forbidden_tokens]
    torch.testing.assert_close(logits_LV[:, sayable], expected_LV[:, sayable], atol=1e-5, rtol=1e-5)


def test_sampling_and_training_agree_on_log_probs(policy: AutoUiPolicy) -> None:
    prompts = usual_prompts(policy, rows=12)
    policy._forbidden_V[policy.end_token] = 4  # ends so often that rows part
    drawn = sampled(policy, prompts)
    assert len({tokens_L.numel() for tokens_L in drawn.tokens}) > 1, "rows that end early leave the others' cache"
    torch.testing.assert_close(log_probs(policy, prompts, drawn.tokens), torch.cat(drawn.log_probs), atol=2e-5, rtol=0)
    state_NH = policy.hidden(prompts, drawn.tokens).state_NH
    torch.testing.assert_close(policy.values(state_NH), drawn.values_N, atol=1e-5, rtol=0)


def test_a_padded_batch_equals_single_samples(policy: AutoUiPolicy) -> None:
    prompts, utterances = usual_prompts(policy), usual_utterances(policy)
    together = log_probs(policy, prompts, utterances)
    alone = [log_probs(policy, [prompt], [tokens]) for prompt, tokens in zip(prompts, utterances, strict=True)]
    torch.testing.assert_close(together, torch.cat(alone), atol=2e-5, rtol=0)


def test_the_state_of_values_knows_prompt_and_image_but_nothing_of_what_is_said(policy: AutoUiPolicy) -> None:
    first, second = usual_utterances(policy, 2)

    @torch.no_grad()
    def state(text: str, image: Image, utterance_L: Tensor) -> Tensor:
        return policy.hidden(policy.encode([text], [image]), [utterance_L]).state_NH

    told = state(PROMPTS[0], picture(0), first)
    torch.testing.assert_close(state(PROMPTS[0], picture(0), second), told, atol=1e-6, rtol=0)
    assert float((state(PROMPTS[1], picture(0), first) - told).abs().max()) > 1e-3
    assert float((state(PROMPTS[0], picture(1), first) - told).abs().max()) > 1e-3


def test_prompts_end_with_the_end_token_and_lose_their_beginning(policy: AutoUiPolicy) -> None:
    short, long = policy.encode([PROMPTS[0], f"{'open ' * 600}{PROMPTS[0]}"], [None, None])
    assert int(short.tokens_P[-1]) == policy.end_token and short.tokens_P.numel() < 100
    assert long.tokens_P.numel() == 512
    assert torch.equal(long.tokens_P[-short.tokens_P.numel() :], short.tokens_P)


def test_special_tokens_and_rows_without_one_are_never_said(policy: AutoUiPolicy) -> None:
    probs_V = torch.softmax(policy.logits(torch.randn(1, WIDTH)), dim=-1)[0]
    special = sorted(policy.special_tokens - {policy.end_token})
    assert len(special) == 2 + 4, "padding, unknown and T5's four extra ones"
    assert probs_V[special].max() == 0 and probs_V[-EXTRA_ROWS:].max() == 0
    assert probs_V[policy.end_token] > 0


def test_utterances_come_back_and_what_has_no_token_is_refused(policy: AutoUiPolicy) -> None:
    for utterance, tokens_L in zip(UTTERANCES, usual_utterances(policy, 3), strict=True):
        assert policy.text(tokens_L) == utterance == "".join(policy.pieces(tokens_L))
        assert len(policy.pieces(tokens_L)) == tokens_L.numel()
    with pytest.raises(BadRequestError, match=r"got '\{up\}', in which its tokenizer reads <unk>"):
        demonstrated(policy, policy.encode(PROMPTS[:1], [None])[0], "{up}")
    (tokens_L,) = policy.tokenize([f"open {policy.null_text} settings"])
    assert policy.null_token in tokens_L.tolist(), "the SCM reads it"


def test_greedy_needs_no_seed_and_says_the_likeliest(policy: AutoUiPolicy) -> None:
    prompts = usual_prompts(policy)
    first, again = sampled(policy, prompts, greedy=True), sampled(policy, prompts, greedy=True)
    assert all(torch.equal(a, b) for a, b in zip(first.tokens, again.tokens, strict=True))
    with torch.no_grad():
        logits_TV = policy.logits(policy.hidden(prompts, first.tokens).utterance_TH)
    assert torch.equal(logits_TV.argmax(-1), torch.cat(first.tokens))


# ── features ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def counted(features: ImageFeatures) -> list[int]:
    """Grows by the number of images of each pass of the vision model."""
    passes: list[int] = []
    features.vision.register_forward_pre_hook(
        lambda module, args, kwargs: passes.append(len(kwargs["pixel_values"])), with_kwargs=True
    )
    return passes


def test_an_image_is_read_once_however_often_it_is_seen(policy: AutoUiPolicy) -> None:
    passes = counted(policy.image_features)
    prompts, utterances = usual_prompts(policy), usual_utterances(policy)
    sampled(policy, prompts)
    assert passes == [1] * 4
    log_probs(policy, [*prompts, *prompts], [*utterances, *utterances])
    policy.encode(PROMPTS[:1], [picture(0, height=16)])
    assert passes == [1] * 4


def test_features_of_images_that_were_long_not_seen_are_forgotten(blip2: Path) -> None:
    features = ImageFeatures(str(blip2), device=CPU, dtype=torch.float32, images_kept=2)
    passes = counted(features)
    first = features([picture(0), picture(1)])
    features([picture(0), picture(2)])
    assert len(passes) == 3
    features([picture(0)])
    assert len(passes) == 3, "the first was asked for lately"
    again = features([picture(1), None, picture(0), picture(2)])
    assert len(passes) == 4
    assert torch.equal(again[[0, 2]], first[[1, 0]]) and float(again[1].abs().max()) == 0


def test_the_vision_model_never_learns(policy: AutoUiPolicy) -> None:
    learning = {id(parameter) for parameter in policy.learning_parameters()}
    vision = policy.image_features.vision
    assert not any(parameter.requires_grad or id(parameter) in learning for parameter in vision.parameters())
    policy.hidden(usual_prompts(policy), usual_utterances(policy)).utterance_TH.sum().backward()
    assert all(parameter.grad is None for parameter in vision.parameters())
    for name in ("image_dense", "mha_layer", "gate_dense"):
        assert all(parameter.grad is not None for parameter in getattr(policy.model, name).parameters()), name


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_torchs_own_format_loads_as_safetensors_does(folder: Path, blip2: Path) -> None:
    first = policy_of(folder, blip2)
    second = policy_of(as_bin(folder), blip2)
    prompts, utterances = usual_prompts(first), usual_utterances(first)
    assert torch.equal(log_probs(first, prompts, utterances), log_probs(second, prompts, utterances))


def test_a_vision_model_alone_is_as_good_as_a_whole_blip2(policy: AutoUiPolicy, blip2: Path, tmp_path: Path) -> None:
    alone = tmp_path / "vision"
    policy.image_features.vision.save_pretrained(alone)
    (alone / "preprocessor_config.json").write_bytes((blip2 / "preprocessor_config.json").read_bytes())
    read = ImageFeatures(str(alone), device=CPU, dtype=torch.float32)
    images = [picture(0), picture(1)]
    assert torch.equal(read(images), policy.image_features(images))


@pytest.mark.parametrize("change", ["safetensors", "bin"])
def test_a_saved_policy_loads_as_the_same(folder: Path, blip2: Path, tmp_path: Path, change: str) -> None:
    policy = policy_of(as_bin(folder) if change == "bin" else folder, blip2)
    prompts, utterances = usual_prompts(policy), usual_utterances(policy)
    with torch.no_grad():
        for parameter in policy.model.parameters():
            parameter.add_(0.01)
    policy.save_pretrained(tmp_path / "saved")
    changed = log_probs(policy, prompts, utterances)
    assert torch.equal(changed, log_probs(policy_of(tmp_path / "saved", blip2), prompts, utterances))
    fresh = policy_of(folder, blip2)
    fresh.load_pretrained(tmp_path / "saved")
    assert torch.equal(changed, log_probs(fresh, prompts, utterances))
    # And back to the reference: its keys, and a class that it knows.
    keys = set(load_file(tmp_path / "saved" / "model.safetensors"))
    assert {"image_dense.weight", "mha_layer.in_proj_weight", "mha_layer.out_proj.bias", "gate_dense.bias"} <= keys
    assert '"T5ForMultimodalGeneration"' in (tmp_path / "saved" / "config.json").read_text()


def refused(folder: Path, blip2: Path) -> str:
    with pytest.raises(WorkerError) as raised:
        policy_of(folder, blip2)
    assert raised.value.code == "bad-checkpoint"
    return raised.value.message


def test_missing_weights_are_named(tmp_path: Path, blip2: Path) -> None:
    folder = write_autoui(tmp_path / "autoui")
    change_weights(folder, {"gate_dense.weight": None, "mha_layer.in_proj_bias": None})
    message = refused(folder, blip2)
    assert message.startswith(f"policy.path: cannot load {folder}: it has no weights gate_dense.weight, mha_layer.in_")
    assert "Auto-UI-Base" in message
    plain = write_autoui(tmp_path / "plain")
    change_weights(plain, {name: None for name in load_file(plain / "model.safetensors") if "block" in name})
    assert "and " in refused(plain, blip2) and "more" in refused(plain, blip2)


def test_features_of_another_width_are_refused(tmp_path: Path, blip2: Path) -> None:
    folder = write_autoui(tmp_path / "autoui")
    change_weights(folder, {"image_dense.weight": torch.zeros(WIDTH, 1408)})
    assert f"image_dense.weight [{WIDTH}, 1408] (expected [{WIDTH}, {FEATURES}])" in refused(folder, blip2)


def test_folders_of_something_else_are_refused_by_the_field_that_names_them(tmp_path: Path, blip2: Path) -> None:
    folder = write_autoui(tmp_path / "autoui")
    assert "policy.path" in refused(blip2, blip2)
    assert "policy.vision" in refused(folder, folder) and "expected 'blip-2'" in refused(folder, folder)
    assert "policy.vision" in refused(folder, tmp_path / "nothing here")
    (blip2 / "preprocessor_config.json").unlink()
    assert "policy.vision" in refused(folder, blip2)


def test_damaged_weights_are_refused(tmp_path: Path, blip2: Path) -> None:
    folder = write_autoui(tmp_path / "autoui")
    (folder / "model.safetensors").write_bytes(b"no weights")
    assert "policy.path" in refused(folder, blip2)
    (folder / "model.safetensors").unlink()
    torch.save({"shared.weight": print}, folder / "pytorch_model.bin")
    assert "policy.path" in refused(folder, blip2)


def test_half_precision_computes_and_float32_learns(folder: Path, blip2: Path) -> None:
    exact, rough = policy_of(folder, blip2), policy_of(folder, blip2, torch.bfloat16)
    prompts, utterances = usual_prompts(exact), usual_utterances(exact)
    gap = (log_probs(exact, prompts, utterances) - log_probs(rough, prompts, utterances)).abs().max()
    assert 1e-5 < float(gap) < 1.0
    assert all(weight.dtype == torch.float32 for weight in rough.learning_parameters())
    drawn = sampled(rough, prompts)
    torch.testing.assert_close(log_probs(rough, prompts, drawn.tokens), torch.cat(drawn.log_probs), atol=0.2, rtol=0)
