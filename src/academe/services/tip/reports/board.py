"""Who supports an educator most: a question that anybody may ask, so that it must not cost much.

An answer takes as long as the educator has tips. It is kept for some seconds, and few different questions
wait at a time; who asks yet another one is told to come back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from academe.errors import Overloaded
from academe.services.tip.reports.model import Supporter

FRESH_SECONDS = 5
"""How old an answer may be: nobody sees that in a list of supporters."""

KEPT_MAX = 256
"""Answers kept, the oldest going first; each is a hundred supporters at most."""

WAITING_MAX = 16
"""Different questions that wait or are being answered. Two are at a time, so the last one waits for seven."""

RETRY_SECONDS = 2

Question = tuple[UUID, str, datetime | None]
"""Educator, currency code, and since when."""


class SupporterBoard:
    """Answers with what `read` found lately, or now. `clock` counts nanoseconds."""

    def __init__(
        self,
        read: Callable[[UUID, str, datetime | None], Awaitable[Sequence[Supporter]]],
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._read = read
        self._clock = clock
        self._kept: dict[Question, tuple[int, Sequence[Supporter]]] = {}
        self._waiting: Counter[Question] = Counter()

    async def ask(self, educator_id: UUID, currency_code: str, start: datetime | None) -> Sequence[Supporter]:
        """Most first, as it was at most FRESH_SECONDS ago. Raises Overloaded."""
        question = (educator_id, currency_code, start)
        if question in self._kept:
            answered, supporters = self._kept[question]
            if self._clock() - answered < FRESH_SECONDS * 10**9:
                return supporters
        if question not in self._waiting and len(self._waiting) >= WAITING_MAX:
            raise Overloaded(retry_after_seconds=RETRY_SECONDS)
        self._waiting[question] += 1
        try:
            supporters = await self._read(*question)
        finally:
            self._waiting[question] -= 1
            if not self._waiting[question]:
                del self._waiting[question]
        self._keep(question, supporters)
        return supporters

    def _keep(self, question: Question, supporters: Sequence[Supporter]) -> None:
        self._kept.pop(question, None)
        self._kept[question] = self._clock(), supporters
        if len(self._kept) > KEPT_MAX:
            del self._kept[next(iter(self._kept))]
