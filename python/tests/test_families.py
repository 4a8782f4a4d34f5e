"""Checkpoints of every family go through exactly the code that the large ones take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoTokenizer

from conftest import PROMPT, UTTERANCES, checkpoint_policy
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.images import Image
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.sft import Demonstration, fit_sft
from tiny_checkpoints import FAMILIES, SPARE_ROWS, FamilyName, write_checkpoint

SEEING: tuple[FamilyName, ...] = ("llava_next", "qwen2_5_vl")
READING: tuple[FamilyName, ...] = ("qwen2", "llama")
CPU = torch.device("cpu")
TEMPERATURE = 0.7

Load = Callable[[FamilyName], HuggingFacePolicy]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return lambda family: policy_of(write_checkpoint(family, tmp_path / family))


def policy_of(folder: Path, dtype: torch.dtype = torch.float32) -> HuggingFacePolicy:
    return HuggingFacePolicy(checkpoint_policy(folder), device=CPU, dtype=dtype, seed=1)


def picture(number: int, height: int = 24, width: int = 24) -> Image:
    pixels = np.random.default_rng(number).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image(f"{number}-{height}-{width}", pixels)


def prompts_for(policy: HuggingFacePolicy, images: list[Image | None]) -> list[Prompt]:
    """Prompts of unequal lengths."""
    texts = [PROMPT if row % 2 == 0 else f"{PROMPT} Answer in JSON." for row in range(len(images))]
    return policy.encode(texts, images)


def usual_prompts(policy: HuggingFacePolicy, family: FamilyName) -> list[Prompt]:
    return prompts_for(policy, [picture(row) if family in SEEING else None for row in range(5)])


def sampled(policy: HuggingFacePolicy, prompts: list[Prompt], *, max_new_tokens: int = 12, slots: int = 64) -> Sampled:
    draws_NL = row_draws(3, len(prompts), max_new_tokens)
    return policy.sample(prompts, Sampling(TEMPERATURE, max_new_tokens, draws_NL), slots=slots)


@torch.no_grad()
def log_probs(policy: HuggingFacePolicy, prompts: list[Prompt], utterances: list[Tensor]) -> Tensor:
    hidden = policy.hidden(prompts, utterances)
    return token_statistics(
        hidden.utterance_TH, torch.cat(utterances), policy.logits, TEMPERATURE, vocabulary_size=policy.vocabulary_size
    ).log_probs_T


@pytest.mark.parametrize("slots", [1, 2, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_said_does_not_depend_on_who_shares_the_batch(load: Load, family: FamilyName, slots: int) -> None:
    policy = load(family)
    prompts = usual_prompts(policy, family)
    # What half of them say early on ends them, so that prompts are read into slots at different times.
    policy.end_token = common_token(sampled(policy, prompts).tokens)
    together, apart = sampled(policy, prompts), sampled(policy, prompts, slots=slots)
    assert len({tokens_L.numel() for tokens_L in together.tokens}) > 1
    assert [tokens_L.tolist() for tokens_L in apart.tokens] == [tokens_L.tolist() for tokens_L in together.tokens]
    assert apart.finished == together.finished
    assert torch.cat(apart.log_probs).tolist() == pytest.approx(torch.cat(together.log_probs).tolist(), abs=1e-4)
    assert torch.cat(apart.entropies).tolist() == pytest.approx(torch.cat(together.entropies).tolist(), abs=1e-4)
    assert apart.values_N.tolist() == pytest.approx(together.values_N.tolist(), abs=1e-4)


def common_token(utterances: list[Tensor]) -> int:
    """One that some utterances have, but not all, or not at the same place."""
    places = {
        token: [tokens_L.tolist().index(token) if token in tokens_L else -1 for tokens_L in utterances]
        for token in torch.cat(utterances).unique().tolist()
    }
    return int(max(places, key=lambda token: len(set(places[token]))))


@pytest.mark.parametrize("family", FAMILIES)
def test_sampling_and_training_agree_on_log_probs(load: Load, family: FamilyName) -> None:
    policy = load(family)
    prompts = usual_prompts(policy, family)
    drawn = sampled(policy, prompts)
    torch.testing.assert_close(log_probs(policy, prompts, drawn.tokens), torch.cat(drawn.log_probs), atol=2e-5, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_padded_batch_equals_single_samples(load: Load, family: FamilyName) -> None:
    policy = load(family)
    prompts = usual_prompts(policy, family)
    utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
    together = log_probs(policy, prompts, utterances)
    alone = [log_probs(policy, [prompt], [tokens]) for prompt, tokens in zip(prompts, utterances, strict=True)]
    torch.testing.assert_close(together, torch.cat(alone), atol=2e-5, rtol=0)


@pytest.mark.parametrize("family", SEEING)
def test_images_of_several_sizes_share_a_batch_with_none(load: Load, family: FamilyName) -> None:
    policy = load(family)
    prompts = prompts_for(policy, [picture(0), picture(1, 40, 16), None, picture(2, 16, 56)])
    drawn = sampled(policy, prompts)
    assert len({prompt.tokens_P.numel() for prompt in prompts}) >= 3
    torch.testing.assert_close(log_probs(policy, prompts, drawn.tokens), torch.cat(drawn.log_probs), atol=2e-5, rtol=0)


@pytest.mark.parametrize("family", SEEING)
def test_pixels_change_log_probs(load: Load, family: FamilyName) -> None:
    policy = load(family)
    utterances = policy.tokenize(UTTERANCES[:1])
    first, second = (log_probs(policy, prompts_for(policy, [picture(n)]), utterances) for n in (0, 1))
    assert float((first - second).abs().max()) > 1e-5


@pytest.mark.parametrize("family", FAMILIES)
def test_supervised_learning_brings_the_demonstrations_nearer(load: Load, family: FamilyName) -> None:
    policy = load(family)
    prompts = usual_prompts(policy, family)[:3]
    demonstrations = [
        Demonstration(prompt, tokens) for prompt, tokens in zip(prompts, policy.tokenize(UTTERANCES), strict=True)
    ]
    losses = fit_sft(
        policy,
        demonstrations,
        steps=12,
        batch_size=3,
        micro_batch=2,
        learning_rate=2e-2,
        max_grad_norm=1.0,
        generator=torch.Generator().manual_seed(0),
        on_step=lambda step, loss: None,
    )
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_saved_policy_loads_as_the_same(load: Load, family: FamilyName, tmp_path: Path) -> None:
    policy = load(family)
    prompts = usual_prompts(policy, family)
    utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
    with torch.no_grad():
        for parameter in policy.model.parameters():
            parameter.add_(0.01)
    policy.save_pretrained(tmp_path / "saved")
    again = policy_of(tmp_path / "saved")
    assert torch.equal(log_probs(policy, prompts, utterances), log_probs(again, prompts, utterances))


@pytest.mark.parametrize("family", ["qwen2", "qwen2_5_vl"])
def test_rows_of_the_embedding_without_a_token_are_never_sampled(load: Load, family: FamilyName) -> None:
    policy = load(family)
    probs_V = torch.softmax(policy.logits(torch.randn(1, 16)), dim=-1)[0].detach()
    assert float(probs_V[-SPARE_ROWS:].max()) == 0
    assert float(probs_V[policy.end_token]) > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_half_precision_computes_what_single_does_but_for_rounding(family: FamilyName, tmp_path: Path) -> None:
    folder = write_checkpoint(family, tmp_path / family)
    whole, half = policy_of(folder), policy_of(folder, torch.bfloat16)
    assert {parameter.dtype for parameter in half.model.parameters()} == {torch.float32}
    prompts = usual_prompts(whole, family)
    drawn = sampled(half, prompts)
    assert drawn.values_N.dtype == torch.float32
    gap = (log_probs(half, prompts, drawn.tokens) - torch.cat(drawn.log_probs)).abs()
    assert float(gap.max()) < 0.1
    rounding = (log_probs(half, prompts, drawn.tokens) - log_probs(whole, prompts, drawn.tokens)).abs()
    assert 0 < float(rounding.max()) < 0.2


@pytest.mark.parametrize(("family", "placeholder"), [("llava_next", "<image>"), ("qwen2_5_vl", r"<\|image_pad\|>")])
def test_an_image_is_never_dropped_by_a_chat_template(family: FamilyName, placeholder: str, tmp_path: Path) -> None:
    folder = write_checkpoint(family, tmp_path)
    template = "{% for message in messages %}{{ message['content'][-1]['text'] }}{% endfor %}"
    (folder / "chat_template.jinja").write_text(template)
    with pytest.raises(BadRequestError, match=f"expected 1 {placeholder} after the chat template, got 0"):
        policy_of(folder).encode([PROMPT], [picture(0)])


def test_a_model_of_text_alone_refuses_images(load: Load) -> None:
    with pytest.raises(BadRequestError, match="reads text alone"):
        load("qwen2").encode([PROMPT], [picture(0)])


# ── chat models that read text alone ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("family", READING)
def test_a_prompt_is_the_templates_own_text_up_to_where_the_answer_begins(load: Load, family: FamilyName) -> None:
    policy = load(family)
    (prompt,) = policy.encode([PROMPT], [None])
    tokenizer = policy._family.tokenizer
    turns = [{"role": "user", "content": PROMPT}]
    written = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    # No beginning-of-text token beside those that the template writes.
    assert tokenizer.decode(prompt.tokens_P) == written
    assert written.endswith("<|im_start|>assistant\n")
    assert ("system" in written) == (family == "llama")


@pytest.mark.parametrize("family", READING)
@pytest.mark.parametrize("ends_documents", [False, True])
def test_an_utterance_ends_with_its_turn_whatever_ends_documents(
    family: FamilyName, ends_documents: bool, tmp_path: Path
) -> None:
    folder = write_checkpoint(family, tmp_path)
    if ends_documents:  # as in base models that came with a template
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.add_special_tokens({"eos_token": "<|endoftext|>" if family == "llama" else "<|vision_end|>"})
        tokenizer.save_pretrained(folder)
    policy = policy_of(folder)
    assert policy._family.tokenizer.convert_ids_to_tokens(policy.end_token) == "<|im_end|>"
    (tokens_L,) = policy.tokenize(UTTERANCES[:1])
    assert int(tokens_L[-1]) == policy.end_token and policy.text(tokens_L) == UTTERANCES[0]
    # What ends documents is as little to be said as any other special token.
    assert (policy._family.tokenizer.eos_token_id in policy.forbidden_tokens) == ends_documents
    with torch.no_grad():
        policy.model.get_output_embeddings().weight[policy.end_token] *= 40
    finished = sampled(policy, usual_prompts(policy, family), max_new_tokens=40)
    assert any(finished.finished)
    for tokens_L, is_finished in zip(finished.tokens, finished.finished, strict=True):
        ends_L = (tokens_L == policy.end_token).nonzero().flatten().tolist()
        assert ends_L == ([tokens_L.numel() - 1] if is_finished else [])


def test_a_template_that_ends_no_turn_leaves_it_to_the_tokenizer(tmp_path: Path) -> None:
    folder = write_checkpoint("llama", tmp_path)
    (folder / "chat_template.jinja").write_text("{% for message in messages %}{{ message['content'] }}\n{% endfor %}")
    policy = policy_of(folder)
    assert policy.end_token == policy._family.tokenizer.eos_token_id


# ── checkpoints that cannot be used ──────────────────────────────────────────────────────────────────────────────────


def test_a_family_that_nobody_wrote_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    with pytest.raises(WorkerError, match="model_type is 'clip'; expected llava_next, qwen2_5_vl"):
        policy_of(tmp_path)


@pytest.mark.parametrize(
    ("family", "missing", "message"),
    [
        ("llava_next", "processor_config.json", "image processor"),
        ("qwen2_5_vl", "preprocessor_config.json", r"preprocessor_config\.json"),
        ("qwen2", "tokenizer.json", "tokenizer"),
        ("qwen2", "chat_template.jinja", "no chat template"),
        ("qwen2_5_vl", "chat_template.jinja", "no chat template"),
        ("llava_next", "chat_template.jinja", "no chat template"),
        ("llava_next", "model.safetensors", "model.safetensors"),
    ],
)
def test_a_missing_file_is_named(family: FamilyName, missing: str, message: str, tmp_path: Path) -> None:
    folder = write_checkpoint(family, tmp_path / family)
    (folder / missing).unlink()
    with pytest.raises(WorkerError, match=message) as caught:
        policy_of(folder)
    assert str(folder) in str(caught.value)


def test_a_processor_that_counts_image_tokens_otherwise_is_told_apart(tmp_path: Path) -> None:
    folder = write_checkpoint("llava_next", tmp_path / "llava_next")
    file = folder / "processor_config.json"
    settings = json.loads(file.read_text())
    file.write_text(json.dumps(settings | {"patch_size": 4}))
    policy = policy_of(folder)
    with pytest.raises(WorkerError, match="disagree on how many tokens an image has"):
        sampled(policy, prompts_for(policy, [picture(0)]))


def test_a_name_that_is_neither_folder_nor_on_a_hub(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="expected a checkpoint folder"):
        policy_of(tmp_path / "nowhere")
