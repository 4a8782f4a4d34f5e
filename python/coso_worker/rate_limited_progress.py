"""How far a request is, as the client hears of it."""

import time
from collections.abc import Callable, Mapping

from coso_worker.protocol.messages import ProgressReply, Reply

PROGRESS_SECONDS = 0.1
"""Shortest time between two progress replies of one request."""


class RateLimitedProgress:
    """The `Progress` of one request: sends at most ten replies a second, and always the last. `attend` hears of all."""

    def __init__(self, request_id: int, reply: Callable[[Reply], None], attend: Callable[[], None]) -> None:
        self._request_id = request_id
        self._reply = reply
        self._attend = attend
        self._held: ProgressReply | None = None
        self._sent_at = float("-inf")

    def __call__(self, done: int, total: int, metrics: Mapping[str, float] | None = None) -> None:
        self._held = ProgressReply(id=self._request_id, done=done, total=total, metrics=dict(metrics or {}))
        if time.monotonic() - self._sent_at >= PROGRESS_SECONDS:
            self.flush()
        self._attend()

    def flush(self) -> None:
        """Sends what the rate limit holds back."""
        if self._held is not None:
            self._reply(self._held)
            self._held = None
            self._sent_at = time.monotonic()
