"""Whether client and worker see the same files: checkpoints go by their paths."""

from pathlib import Path

from coso_worker.errors import WorkerError


def answer_in_folder(file: Path, content: str) -> None:
    """
    Finds what the client has written to `file`, and writes the same beside it, to `<file>.seen`.

    Raises WorkerError `no-shared-folder` where either fails.
    """
    try:
        found = file.read_text()
    except (OSError, ValueError) as error:
        raise _no_shared_folder(f"cannot read {file}, which the client has written: {error}") from error
    if found != content:
        raise _no_shared_folder(f"has another {file} than the client")
    try:
        file.with_name(f"{file.name}.seen").write_text(content)
    except OSError as error:
        raise _no_shared_folder(f"cannot write to {file.parent}: {error}") from error


def _no_shared_folder(what: str) -> WorkerError:
    return WorkerError(
        "no-shared-folder",
        f"the worker {what}. Run folders and checkpoints have to lie on a file system that both hosts mount under the "
        "same path, and that the worker's user may write to.",
    )
