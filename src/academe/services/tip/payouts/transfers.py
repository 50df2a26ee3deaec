"""Paying through the provider, until it is certain what became of it.

The payout is committed, and the money taken out of the balance, before the provider is asked. The key of the
request is the payout's id, so asking again is asking about the same transfer: whatever gets lost, the reply,
the connection or this process, the payout stays pending and is asked about again, and is paid once. Providers
forget keys after a while, so whoever asks again looks first for a transfer that carries the payout's id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.payouts.model import Payout
from academe.services.tip.payouts.repository import PayoutRepository
from academe.services.tip.ports import PaymentProvider, ProviderTransfer

STEP_SECONDS = 60
"""How often to look for payouts to ask about. Most were decided in the call that made them."""

STEP_PAYOUTS = 16
"""Asked one after the other in one step; what is left is claimed by the next, or by another process."""

REASON_MAX = 500
"""Characters of the provider's own words."""


class Transfers:
    """Asks the provider to pay payouts, and writes down what it said."""

    def __init__(
        self,
        repository: PayoutRepository,
        provider: PaymentProvider,
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._provider = provider
        self._log = log
        self._clock = clock

    async def work(self) -> datetime | None:
        """Asks about all that is due: a job, to be run every STEP_SECONDS.

        Answers when the oldest payout was made that is not decided even so, None when all are.
        """
        while await self.step(self._clock()) == STEP_PAYOUTS:
            pass
        return await self._repository.oldest_undecided(self._provider.name)

    async def step(self, now: datetime) -> int:
        """Asks about the payouts that are due at that time and that nobody else asks about; how many."""
        due = await self._repository.claim(self._provider.name, now, STEP_PAYOUTS)
        for payout in due:
            try:
                await self.pay(payout)
            except Exception as fault:
                # It comes again when it is due; the others need not wait for that.
                self._log.error("could not pay", payout_id=str(payout.payout_id), exc_info=fault)
        return len(due)

    async def pay(self, payout: Payout) -> Payout:
        """Asks once, and answers with the payout as it stands then: pending when the outcome is not known."""
        try:
            told = await self._ask(payout)
        except ProviderUnavailable:
            return payout
        except ProviderRefused as refusal:
            words = refusal.metadata.get("provider_message", refusal.message)
            told = ProviderTransfer("", payout.payout_id, succeeded=False, failure=words)
        except InvalidArgument as impossible:
            # Not even a request can be made of it, so there is none that could have been answered.
            words = str(impossible)
            told = ProviderTransfer("", payout.payout_id, succeeded=False, failure=words)
        return await self.hear(told) or payout

    async def _ask(self, payout: Payout) -> ProviderTransfer:
        if payout.attempts > 1:
            found = await self._provider.find_transfer(payout.payout_id, payout.destination)
            if found is not None:
                return found
        return await self._provider.create_transfer(payout.payout_id, payout.destination, payout.amount)

    async def hear(self, told: ProviderTransfer) -> Payout | None:
        """What the provider says of a transfer, in reply or as news, in any order and any number of times.

        The first decision counts. The payout as it stands then, None when the transfer is not one of ours.
        """
        if told.source_id is None:
            return None
        now, reference = self._clock(), told.reference or None
        if told.succeeded is None:
            if reference is not None:
                await self._repository.note(told.source_id, reference, now)
            return None
        payout = await self._repository.record(
            told.source_id, told.succeeded, reference, _plain(told.failure), now
        )
        if payout is not None and payout.contradicts(told.succeeded):
            self._log.error(
                "the provider contradicts what it said about a payout",
                payout_id=str(payout.payout_id),
                state=payout.state.name,
                provider_reference=told.reference,
            )
        return payout


def _plain(words: str) -> str:
    return words.replace("\0", "")[:REASON_MAX]
