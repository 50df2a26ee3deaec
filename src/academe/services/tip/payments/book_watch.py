"""Finding what went back of payments that are settled here, when no webhook told of it.

Of a payment that has succeeded nothing more is asked, and a refund in the provider's dashboard or a dispute
may come months later. So the provider's books are read on, from where they were read to: every line about a
refund or a dispute has its payment looked at, and what is booked already changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from academe.clock import utcnow
from academe.db.pool import Pool
from academe.services.tip.errors import ProviderUnavailable
from academe.services.tip.payments.repository import PaymentRepository
from academe.services.tip.payments.settlement import Settlement
from academe.services.tip.ports import GoneBack, PaymentProvider
from academe.services.tip.repository_jobs import JobRepository

NAME = "tip.book"
"""Of the job, whose watermark says how far the books were read."""

STEP_SECONDS = 300
"""How often to read on. Webhooks, which are the usual way, bring the news within seconds."""

OVERLAP = timedelta(hours=1)
"""Read again each time: the provider's clock is not ours, and its lists lag behind its books."""


class BookWatch:
    """Looks at payments of which the provider's books say something new; any number of processes may."""

    def __init__(
        self,
        pool: Pool,
        provider: PaymentProvider,
        settlement: Settlement,
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._provider = provider
        self._settlement = settlement
        self._payments = PaymentRepository(pool)
        self._jobs = JobRepository(pool)
        self._log = log
        self._clock = clock
        self._seen: set[str] = set()
        """The lines of the last reading that are dealt with: most come again in the next one."""

    async def work(self) -> datetime | None:
        """Reads on: a job, to be run every STEP_SECONDS.

        Answers when the oldest line was booked that could not be dealt with, and is read again; None when all
        was. Raises ProviderUnavailable.
        """
        now = self._clock()
        progress = (await self._jobs.read_jobs([NAME])).get(NAME)
        start = min(progress.watermark, now) if progress is not None else now
        lines = await self._provider.list_gone_back(start - OVERLAP, now + OVERLAP)
        fresh: dict[str, list[GoneBack]] = {}
        for line in lines:
            if line.reference not in self._seen:
                fresh.setdefault(line.payment_reference, []).append(line)
        left: list[GoneBack] = []
        for payment_reference, about in fresh.items():
            if not await self._look(payment_reference):
                left += about
        self._seen = {line.reference for line in lines} - {line.reference for line in left}
        return min((line.time for line in left), default=None)

    async def _look(self, reference: str) -> bool:
        """Whether a payment is where the provider says it is. One that is not ours always is."""
        if await self._payments.find_payment_id(self._provider.name, reference) is None:
            return True
        try:
            await self._settlement.settle(await self._settlement.look(reference, whole=True))
        except ProviderUnavailable:
            return False
        except Exception as fault:
            self._log.error("could not look at a payment", provider_reference=reference, exc_info=fault)
            return False
        return True
