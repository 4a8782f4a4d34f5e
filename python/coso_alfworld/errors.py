"""The one error that callers of this package see."""

from __future__ import annotations


class AlfworldError(Exception):
    """`code` is stable and says what kind of thing went wrong, the message what was expected, received and the mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
