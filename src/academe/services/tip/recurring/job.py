"""Charging what recurring tips promise, as often as it is called and wherever it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.clock import utcnow
from academe.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from academe.services.tip.errors import TipLimitReached
from academe.services.tip.recurring.model import Claim
from academe.services.tip.recurring.ports import SendTip
from academe.services.tip.recurring.repository_charges import ChargeRepository

REFUSALS = (InvalidArgument, NotFound, AlreadyExists, PermissionDenied, FailedPrecondition)
"""What says for certain that there is no tip and, for this period, that there will be none. After anything
else nobody knows, and the period is taken up again when its lease is over. So it is when the sender has
reached a limit, which only says "not yet"."""

LEASE = timedelta(minutes=5)
"""How long a claimed period is left to whoever claimed it. A batch takes about a second."""

TIPS_AT_ONCE = 100
"""Promises claimed in one transaction, and tips sent together: less than half a batch of the writer."""

PERIODS_EACH = 4
"""Periods of one promise in one claim; after a long outage there are several claims."""


class RecurringJob:
    """Charges every period that is due, once.

    Any number of processes may run this at the same time. A process that dies leaves claimed periods behind,
    which are taken up again after `lease`, and then find the tip if it had been made.
    """

    def __init__(
        self,
        repository: ChargeRepository,
        send: SendTip,
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
        lease: timedelta = LEASE,
    ) -> None:
        self._repository = repository
        self._send = send
        self._log = log
        self._clock = clock
        self._lease = lease

    async def run(self) -> datetime | None:
        """Charges all that is due now. Returns since when the oldest period waits that was not dealt with.

        None when there is none. A period waits when its promise is in the hands of another process, when its
        sender may not tip any more for now, or when it was not certain whether there is a tip.
        """
        while claims := await self._repository.retake(self._clock(), lease=self._lease, at_most=TIPS_AT_ONCE):
            await self._charge(claims)
        while True:
            due = await self._repository.claim_due(
                self._clock(), at_most=TIPS_AT_ONCE, periods_each=PERIODS_EACH
            )
            if due is None:
                return await self._repository.oldest_due(self._clock())
            for start in range(0, len(due), TIPS_AT_ONCE):
                await self._charge(due[start : start + TIPS_AT_ONCE])

    async def _charge(self, claims: Sequence[Claim]) -> None:
        """Sends the tips of claimed periods, and writes down what came of each."""
        # Half of the lease is left for what is under way, so that nobody else begins meanwhile.
        fresh = [claim for claim in claims if self._clock() - claim.claim_time <= self._lease // 2]
        outcomes = await asyncio.gather(*(self._charge_one(claim) for claim in fresh))
        tips = {
            claim: outcome
            for claim, outcome in zip(fresh, outcomes, strict=True)
            if isinstance(outcome, UUID)
        }
        reasons = {
            claim: outcome for claim, outcome in zip(fresh, outcomes, strict=True) if isinstance(outcome, str)
        }
        if tips:
            await self._repository.record_charged(tips, self._clock())
        if reasons:
            await self._repository.record_refused(reasons, self._clock())

    async def _charge_one(self, claim: Claim) -> UUID | str | None:
        """The tip of a period, the reason why there is none, or None when it is taken up again later."""
        recurring = claim.recurring
        try:
            sent = await self._send(recurring.sender_id, recurring.draft_of(claim.start_date))
        except REFUSALS as refusal:
            return refusal.reason
        except TipLimitReached:
            return None
        except Exception as fault:
            self._log.error(
                "a period of a recurring tip could not be charged and is taken up again",
                recurring_tip_id=recurring.recurring_tip_id,
                start_date=claim.start_date.isoformat(),
                exc_info=fault,
            )
            return None
        return sent.tip.tip_id
