"""Calls in JSON: all that crosses to another language is a text, and no exception ever does."""

from __future__ import annotations

import json
import traceback
from typing import Any

from coso_alfworld.errors import AlfworldError
from coso_alfworld.kinds import AnyWorlds

_CALLS = ("about", "reset", "step", "plan", "close")


def answer(worlds: AnyWorlds, request: str) -> str:
    """REQUEST is {"call": name, …arguments}. The answer is {"result": …}, or {"error": {code, message, traceback}}."""
    try:
        return json.dumps({"result": _called(worlds, _read(request))}, allow_nan=False)
    except AlfworldError as error:
        return _refusal(error.code, str(error))
    except Exception as error:
        return _refusal("internal", f"{type(error).__name__}: {error}")


def _read(request: str) -> dict[str, Any]:
    try:
        read = json.loads(request)
    except ValueError as error:
        raise AlfworldError("bad-call", f"expected a JSON object, got {request[:80]!r}: {error}") from error
    if not isinstance(read, dict):
        raise AlfworldError("bad-call", f"expected a JSON object, got {request[:80]!r}")
    return read


def _called(worlds: AnyWorlds, request: dict[str, Any]) -> Any:
    name = request.pop("call", None)
    if name not in _CALLS:
        raise AlfworldError("bad-call", f"expected a call that is one of {', '.join(_CALLS)}, got {name!r}")
    try:
        return getattr(worlds, name)(**request)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            raise AlfworldError("bad-call", f"{name}: {error}") from error
        raise


def _refusal(code: str, message: str) -> str:
    return json.dumps({"error": {"code": code, "message": message, "traceback": traceback.format_exc()}})
