"""Failures that the worker reports on purpose."""


class WorkerError(Exception):
    """
    One call failed in a way that the client can name; the worker lives on.

    `code` is a stable kebab-case name such as `unknown-step` or `bad-checkpoint`; `message` says what was expected,
    what came, and the mend.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadRequestError(WorkerError):
    """The parts of a request do not fit each other, in a way that its schema cannot say."""

    def __init__(self, message: str) -> None:
        super().__init__("bad-request", message)
