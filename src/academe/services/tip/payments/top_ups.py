"""Filling wallets: by hand, as far as the school allows it, or by a payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.money import MINOR_DIGITS
from academe.services.tip.errors import CurrencyUnknown, TopUpNotAllowed
from academe.services.tip.model import AccountKind
from academe.services.tip.payments.model import PaymentPurpose, TopUp, TopUpDraft, TopUpSource
from academe.services.tip.payments.movements import top_up
from academe.services.tip.payments.repository import add_payment
from academe.services.tip.payments.repository_ledger import lock_balances
from academe.services.tip.payments.repository_top_ups import add_top_up, find_top_up
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.ports import UserDirectory, UserNotFound
from academe.services.tip.repository_movements import add_movements


class TopUpService:
    """`by_hand` says who fills wallets with money that came by hand: "self" lets everybody fill their own,
    "administrator" lets administrators fill anybody's, "off" nobody."""

    def __init__(
        self,
        pool: Pool,
        payments: PaymentService,
        users: UserDirectory,
        *,
        by_hand: str = "off",
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._pool = pool
        self._payments = payments
        self._users = users
        self._by_hand = by_hand
        self._clock = clock

    async def top_up(self, caller: Caller, draft: TopUpDraft) -> TopUp:
        """Puts money into a wallet, once for each request_id of the caller's.

        Raises CurrencyUnknown, InvalidArgument, UserNotFound, TopUpNotAllowed and RequestIdReused; of a
        payment also FundingNotOffered, TipLimitReached and ProviderRefused.
        """
        made = await find_top_up(self._pool, caller.user_id, draft)
        if made is None:
            await self._check(caller, draft)
            made = await self._make(caller.user_id, draft)
        if made.source is TopUpSource.HAND:
            return made
        return replace(made, payment=await self._payments.go_on(made.top_up_id))

    async def _check(self, caller: Caller, draft: TopUpDraft) -> None:
        if draft.amount.minor_units <= 0:
            raise InvalidArgument.field("amount.minor_units", "must be positive")
        if draft.amount.currency_code not in MINOR_DIGITS:
            raise CurrencyUnknown(currency_code=draft.amount.currency_code)
        own = draft.owner_id == caller.user_id
        by_hand = self._by_hand != "off" and (caller.is_administrator or (own and self._by_hand == "self"))
        if not (by_hand if draft.source is TopUpSource.HAND else own or caller.is_administrator):
            raise TopUpNotAllowed(None if own else "user_id: only administrators fill the wallets of others.")
        if not own and draft.owner_id not in await self._users.get_accounts([draft.owner_id]):
            raise UserNotFound
        if draft.source is TopUpSource.PAYMENT:
            await self._payments.admit(caller.user_id, draft.amount)

    async def _make(self, requester_id: UUID, draft: TopUpDraft) -> TopUp:
        """The row, and with it the money, or the payment that is to bring it."""
        top_up_id, now = new_id(), self._clock()
        async with self._pool.transaction() as connection:
            if await add_top_up(connection, top_up_id, requester_id, draft, now):
                if draft.source is TopUpSource.HAND:
                    kinds = (AccountKind.WALLET, AccountKind.DEBT)
                    balances = await lock_balances(
                        connection, draft.owner_id, draft.amount.currency_code, *kinds
                    )
                    moved = top_up(top_up_id, draft.amount, AccountKind.CASH, now, balances)
                    await add_movements(connection, moved)
                else:
                    purpose = PaymentPurpose.TOP_UP
                    intent = self._payments.intent(
                        purpose, top_up_id, requester_id, draft.amount, create_time=now
                    )
                    await add_payment(connection, intent)
                return TopUp(top_up_id, draft.owner_id, draft.amount, draft.source)
        made = await find_top_up(self._pool, requester_id, draft)
        if made is None:
            raise RuntimeError(f"the top-up of request {draft.request_id} is gone")
        return made
