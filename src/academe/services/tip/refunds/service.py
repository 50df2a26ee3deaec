"""Giving a tip back: who may, how much, and from where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.db.pool import Pool, Queryable
from academe.errors import InvalidArgument, RequestIdReused
from academe.money import Money
from academe.services.tip.errors import (
    FundingNotOffered,
    InsufficientFunds,
    NotYourTip,
    ProviderUnavailable,
    RefundTooLarge,
    TipNotFound,
    TipNotGiven,
)
from academe.services.tip.model import AccountKind, Funding, Tip, TipState, TransactionKind
from academe.services.tip.payments.model import ASK_FIRST
from academe.services.tip.payments.movements import give_back
from academe.services.tip.payments.repository_ledger import lock_balances, lock_tip
from academe.services.tip.refunds.asking import RefundAsking
from academe.services.tip.refunds.model import Refund, RefundDraft, RefundState
from academe.services.tip.refunds.repository import RefundRepository, add_refund
from academe.services.tip.repository_movements import add_movements


class RefundService:
    """Refunds by educators and administrators.

    `asking` is None without a payment provider. `announce(educator_id, tip_id)` is told after the commit.
    """

    def __init__(
        self,
        pool: Pool,
        asking: RefundAsking | None,
        *,
        clock: Callable[[], datetime] = utcnow,
        announce: Callable[[UUID, UUID], None] | None = None,
    ) -> None:
        self._pool = pool
        self._repository = RefundRepository(pool)
        self._asking = asking
        self._clock = clock
        self._announce = announce

    async def refund_tip(self, caller: Caller, draft: RefundDraft) -> Refund:
        """Gives a tip back, once for each request_id, in proportion out of the educator's share and the fees.

        What was paid from a wallet is there at once. What was paid from outside is taken from the educator
        now and is PENDING until the provider has confirmed it. Raises TipNotFound, NotYourTip, TipNotGiven,
        RefundTooLarge, InsufficientFunds, RequestIdReused, FundingNotOffered when the provider
        is not connected any more, and InvalidArgument for another currency or what it cannot give back.
        """
        if "\0" in draft.reason:
            raise InvalidArgument.field("reason", "must not contain the character U+0000")
        made = await self._repository.get_refund(draft.request_id)
        if made is not None:
            return _same(made, caller, draft)
        refund, tip = await self._take(caller, draft)
        if tip is None:
            return _same(refund, caller, draft)
        if self._announce is not None:
            self._announce(tip.educator_id, tip.tip_id)
        if refund.state is RefundState.PENDING and self._asking is not None:
            try:
                return await self._asking.ask(refund, first=True)
            except ProviderUnavailable:
                pass  # the reconciler finds out
        return refund

    async def _take(self, caller: Caller, draft: RefundDraft) -> tuple[Refund, Tip | None]:
        """The refund with its movement, and the tip; no tip when the same request has made it just now."""
        now = self._clock()
        async with self._pool.transaction() as connection:
            tip = await lock_tip(connection, draft.tip_id)
            tip = _allowed(caller, tip, draft.tip_id)
            known = await _find(connection, draft.request_id)
            if known is not None:
                return known, None
            amount = _amount(tip, draft)
            from_outside = tip.funding is Funding.PAYMENT
            if from_outside:
                # Before anything is taken: nobody could give it back.
                if self._asking is None:
                    raise FundingNotOffered("The provider that this tip was paid through is not connected.")
                self._asking.check_amount(amount)
            refund = Refund(
                refund_id=draft.request_id,
                requester_id=caller.user_id,
                request_hash=draft.request_hash,
                tip_id=tip.tip_id,
                payment_id=tip.tip_id if from_outside else None,
                amount=amount,
                reason=draft.reason,
                state=RefundState.PENDING if from_outside else RefundState.SUCCEEDED,
                create_time=now,
                ask_time=now + ASK_FIRST if from_outside else None,
            )
            if not await add_refund(connection, refund):
                raise RequestIdReused  # for another tip, a moment ago
            balances = await lock_balances(
                connection,
                tip.educator_id,
                amount.currency_code,
                AccountKind.EDUCATOR,
                wallet_of=None if from_outside else tip.sender_id,
            )
            moved = give_back(TransactionKind.REFUND, refund.refund_id, tip, amount, now, balances)
            if moved.debt:
                # Nobody gets into debt by their own will.
                raise InsufficientFunds(
                    "The educator's balance does not hold this much any more: it was paid out.",
                    currency_code=amount.currency_code,
                )
            await add_movements(connection, [moved])
        return refund, tip


async def _find(connection: Queryable, refund_id: UUID) -> Refund | None:
    return await RefundRepository(connection).get_refund(refund_id)


def _same(made: Refund, caller: Caller, draft: RefundDraft) -> Refund:
    if (made.requester_id, made.request_hash) != (caller.user_id, draft.request_hash):
        raise RequestIdReused
    return made


def _allowed(caller: Caller, tip: Tip | None, tip_id: UUID) -> Tip:
    if tip is None or tip.seen_by(caller) is None:
        raise TipNotFound(tip_id=tip_id)
    if caller.user_id != tip.educator_id and not caller.is_administrator:
        raise NotYourTip
    # What was settled outside is given back outside.
    if tip.state is not TipState.GIVEN or tip.funding is Funding.OUTSIDE:
        raise TipNotGiven(state=tip.state.name if tip.funding is not Funding.OUTSIDE else "OUTSIDE")
    return tip


def _amount(tip: Tip, draft: RefundDraft) -> Money:
    left = Money(tip.amount.currency_code, sum(tip.left))
    amount = draft.amount or left
    if amount.currency_code != left.currency_code:
        raise InvalidArgument.field("amount.currency_code", f"the tip is in {left.currency_code}")
    if draft.amount is not None and amount.minor_units <= 0:
        raise InvalidArgument.field("amount.minor_units", "must be positive")
    if not 0 < amount.minor_units <= left.minor_units:
        raise RefundTooLarge(f"amount: more than is left of the tip, which is {left}.", left=left.minor_units)
    return amount
