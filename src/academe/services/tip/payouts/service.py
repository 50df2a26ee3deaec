"""The rules of payouts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.db.pool import Pool
from academe.errors import InvalidArgument, NotYourAccount, RequestIdReused, RoleRequired
from academe.ids import new_id
from academe.money import MINOR_DIGITS
from academe.pagination import Page, page_of, page_request
from academe.services.tip.errors import CurrencyUnknown, PayoutNotFound
from academe.services.tip.payouts.accounts import PayoutAccounts
from academe.services.tip.payouts.model import (
    HAND,
    NewPayout,
    Payout,
    PayoutLine,
    PayoutState,
    Verdict,
)
from academe.services.tip.payouts.repository import PayoutRepository
from academe.services.tip.payouts.repository_accounts import PayoutAccountRepository
from academe.services.tip.payouts.repository_reading import PayoutReader
from academe.services.tip.payouts.transfers import Transfers
from academe.services.tip.ports import PaymentProvider

RingFinder = Callable[[UUID, datetime], Awaitable[Collection[object]]]
"""The rings in which money went from an educator back to them since a moment; empty when there is none."""

RING_DAYS = 90
"""How far back to look for them. Longer ago, what went in circles has been paid out and looked at before."""

RING_REASON = "Money went in a circle lately; an administrator looks at it."


class PayoutService:
    """Money out to educators, through the provider or, without one, by hand.

    `accounts` knows where they are paid to; `transfers` (None without a provider) has to be `run` beside the
    calls.
    """

    def __init__(
        self,
        pool: Pool,
        provider: PaymentProvider | None,
        *,
        log: Any,
        find_rings: RingFinder | None = None,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = PayoutRepository(pool)
        self._reader = PayoutReader(pool)
        self._provider = provider
        self._find_rings = find_rings
        self._clock = clock
        self.accounts = PayoutAccounts(PayoutAccountRepository(pool), provider, clock=clock)
        self.transfers = (
            Transfers(self._repository, provider, log=log, clock=clock) if provider is not None else None
        )

    async def create_payout(
        self, caller: Caller, request_id: UUID, request_hash: bytes, currency_code: str
    ) -> Payout:
        """Takes the caller's whole balance in a currency out, once for each request_id of theirs.

        What is too little for the provider to send stays in the balance (such as the hundredths of a forint).
        Raises CurrencyUnknown, NothingToPay, PayoutAccountMissing, ProviderUnavailable (when it could not be
        asked whether it pays yet) and RequestIdReused. What was done already is answered as it stands.
        """
        first = await self._reader.find_by_request(caller.user_id, request_id)
        if first is not None:
            if first[1] != request_hash:
                raise RequestIdReused
            return first[0]
        if currency_code not in MINOR_DIGITS:
            raise CurrencyUnknown("currency_code: not a currency in use.", currency_code=currency_code)
        provider, destination = HAND, ""
        if self._provider is not None:
            provider, destination = self._provider.name, await self.accounts.destination(caller.user_id)
        now = self._clock()
        doubted = await self._doubted(caller.user_id, now)
        new = NewPayout(
            payout_id=new_id(),
            educator_id=caller.user_id,
            request_id=request_id,
            request_hash=request_hash,
            currency_code=currency_code,
            provider=provider,
            destination=destination,
            state=PayoutState.IN_REVIEW if doubted else PayoutState.PENDING,
            reason=RING_REASON if doubted else "",
            create_time=now,
        )
        payout = await (
            self._repository.create(new)
            if self._provider is None
            else self._repository.create(new, self._provider.payable)
        )
        if payout.payout_id == new.payout_id and payout.state is PayoutState.PENDING:
            return await self._pay(payout)
        return payout

    async def settle_payout(
        self, caller: Caller, payout_id: UUID, paid: bool, expected: PayoutState, reason: str
    ) -> Payout:
        """An administrator's word: a payout by hand was paid or not, one in review may be paid or not.

        One through a provider that cannot be asked any more is settled like this too: paid means that the
        provider did pay it, which its own pages say.

        `expected` is the state that they saw. The same word again changes nothing; another one about a state
        that is over is refused. Raises InvalidArgument, PayoutNotFound, PayoutSettled, and NotYourAccount for
        a payout to the caller.
        """
        if "\0" in reason:
            raise InvalidArgument.field("reason", "must not contain the character U+0000")
        if (await self.get_payout(caller, payout_id)).educator_id == caller.user_id:
            raise NotYourAccount("Another administrator decides about a payout to you.")
        asked = self._provider.name if self._provider is not None else None
        payout, verdict = await self._repository.settle(
            payout_id, paid, expected, reason, self._clock(), asked=asked
        )
        return await self._pay(payout) if verdict is Verdict.APPROVE else payout

    async def get_payout(self, caller: Caller, payout_id: UUID) -> Payout:
        """Raises PayoutNotFound, also for one that is not the caller's."""
        payout = await self._reader.get(payout_id)
        if payout is None or not payout.seen_by(caller):
            raise PayoutNotFound(payout_id=payout_id)
        return payout

    async def list_payouts(
        self, caller: Caller, state: PayoutState | None, *, page_size: int, page_token: str
    ) -> Page[Payout]:
        """The caller's own, or everybody's in one state; newest first.

        Raises PageTokenInvalid, and RoleRequired when somebody else than an administrator asks for a state.
        """
        if state is not None and not caller.is_administrator:
            raise RoleRequired(roles="ADMINISTRATOR")
        whose = str(caller.user_id) if state is None else state.name
        request = page_request(page_size, page_token, arguments=("payouts", whose), key=(UUID,))
        rows = await (
            self._reader.list_of_educator(caller.user_id, request)
            if state is None
            else self._reader.list_in_state(state, request)
        )
        return page_of(rows, request, lambda payout: (payout.payout_id,))

    async def list_payout_lines(
        self, caller: Caller, payout_id: UUID, *, page_size: int, page_token: str
    ) -> Page[PayoutLine]:
        """What a payout consists of, newest first.

        The amounts, and what the payout before left, add up to its own and what it left itself: the latest
        line's balance less the amount. Only what the provider cannot send is left, so nearly always nothing.
        Two payouts never share a line; what came back from one that failed is a line of the next.

        Raises PayoutNotFound and PageTokenInvalid.
        """
        payout = await self.get_payout(caller, payout_id)
        request = page_request(page_size, page_token, arguments=("lines", str(payout_id)), key=(int,))
        return page_of(await self._reader.list_lines(payout, request), request, lambda line: (line.number,))

    async def _doubted(self, educator_id: UUID, now: datetime) -> bool:
        if self._find_rings is None:
            return False
        return bool(await self._find_rings(educator_id, now - timedelta(days=RING_DAYS)))

    async def _pay(self, payout: Payout) -> Payout:
        """At once where the provider pays; one by hand, or of a provider that is gone, stays as it is."""
        if self.transfers is None or self._provider is None or payout.provider != self._provider.name:
            return payout
        return await self.transfers.pay(payout)
