"""Exceptions as the client hears of them."""

import traceback

import msgspec

from coso_worker.errors import WorkerError
from coso_worker.protocol.messages import ErrorReply


def error_reply(request_id: int, error: Exception) -> ErrorReply:
    """Names an exception for the client. Only what nobody expected carries its traceback."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, WorkerError):
        return ErrorReply(id=request_id, code=error.code, message=error.message, traceback="")
    if isinstance(error, msgspec.ValidationError | msgspec.DecodeError):
        return ErrorReply(id=request_id, code="bad-request", message=str(error), traceback="")
    if isinstance(error, ImportError):
        message = f"{error}. Run `npm run setup`, or install requirements.txt where this worker runs."
        return ErrorReply(id=request_id, code="missing-package", message=message, traceback=trace)
    if is_out_of_memory(error):
        return ErrorReply(id=request_id, code="out-of-memory", message=str(error) or "MemoryError", traceback=trace)
    return ErrorReply(id=request_id, code="internal", message=f"{type(error).__name__}: {error}", traceback=trace)


def is_out_of_memory(error: Exception) -> bool:
    """Of the host or the accelerator. Torch is not imported for this: its errors go by name and by words."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
