"""Every statement that changes a payout. The row and its movement are written in one transaction, always."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import RequestIdReused
from academe.money import Money
from academe.services.tip.errors import NothingToPay, PayoutNotFound, PayoutSettled
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.payouts.model import (
    NewPayout,
    Payout,
    PayoutState,
    Verdict,
    ask_again_after,
    judge,
)
from academe.services.tip.payouts.repository_reading import find_by_request, payout_of
from academe.services.tip.repository_movements import add_movements


class PayoutRepository:
    """Payouts in PostgreSQL. Who changes one holds its row, or the educator's account before there is one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def create(self, new: NewPayout, payable: Callable[[Money], Money] = lambda left: left) -> Payout:
        """Takes the whole balance out, or answers with the payout that the request made before.

        What the educator owes is paid first. Of the rest, what is not `payable` stays in the balance. Raises
        NothingToPay when that leaves nothing to take, and RequestIdReused.
        """
        async with self._pool.transaction() as connection:
            balance, debt = await _lock_accounts(connection, new.educator_id, new.currency_code)
            found = await find_by_request(connection, new.educator_id, new.request_id)
            if found is not None:
                payout, request_hash = found
                if request_hash != new.request_hash:
                    raise RequestIdReused
                return payout
            amount = payable(Money(new.currency_code, max(balance - debt, 0))).minor_units
            if not amount:
                raise NothingToPay(currency_code=new.currency_code)
            if debt:
                await add_movements(connection, [new.movement(TransactionKind.DEBT_REPAID, debt)])
            return await _take(connection, new, amount)

    async def settle(
        self,
        payout_id: UUID,
        paid: bool,
        expected: PayoutState,
        reason: str,
        at: datetime,
        *,
        asked: str | None,
    ) -> tuple[Payout, Verdict]:
        """Does what the word of an administrator means who saw the payout in the state `expected`.

        `asked` is the provider that can be asked, None without. Raises PayoutNotFound and PayoutSettled.
        """
        async with self._pool.transaction() as connection:
            payout = await _lock(connection, payout_id)
            if payout is None:
                raise PayoutNotFound(payout_id=payout_id)
            verdict = judge(payout, paid, expected, asked=asked)
            if verdict is Verdict.REFUSE:
                raise PayoutSettled(payout_id=payout_id, state=payout.state.name)
            if verdict is Verdict.APPROVE:
                payout = await _approve(connection, payout, reason, at)
            elif verdict is Verdict.PAY:
                payout = await _settle(connection, payout, PayoutState.PAID, None, reason, at)
            elif verdict is Verdict.GIVE_BACK:
                payout = await _settle(connection, payout, PayoutState.FAILED, None, reason, at)
            return payout, verdict

    async def record(
        self, payout_id: UUID, paid: bool, reference: str | None, reason: str, at: datetime
    ) -> Payout | None:
        """Writes down what the provider said, unless the payout is settled: the first word counts.

        The payout as it stands then; None when there is none with this id that the provider was asked to pay.
        """
        async with self._pool.transaction() as connection:
            payout = await _lock(connection, payout_id)
            if payout is None or payout.attempts == 0:
                return None
            if payout.state is not PayoutState.PENDING:
                return payout
            state = PayoutState.PAID if paid else PayoutState.FAILED
            return await _settle(connection, payout, state, reference, reason, at)

    async def note(self, payout_id: UUID, reference: str, at: datetime) -> None:
        """Keeps the provider's id of a transfer that is not decided yet."""
        await self._pool.execute(
            """
            update tip.payout set provider_reference = $2, update_time = $3
            where payout_id = $1 and state = 1 and provider_reference is null
            """,
            payout_id,
            reference,
            at,
        )

    async def claim(self, provider: str, now: datetime, limit: int) -> list[Payout]:
        """Payouts to ask the provider about now; nobody else is given them until they are due again.

        A claim is nothing but the next time to ask, so a process that dies holds nothing up.
        """
        rows = await self._pool.fetch(
            """
            update tip.payout as payout
            set attempts = payout.attempts + 1,
                ask_time = $2::timestamptz + ($4::interval[])[least(payout.attempts, 6) + 1],
                update_time = greatest(payout.update_time, $2)
            where payout.payout_id = any(array(
                select payout_id from tip.payout
                where provider = $1 and ask_time <= $2
                order by ask_time
                limit $3
                for no key update skip locked
            ))
            returning payout_id, educator_id, currency, amount, provider, destination,
                      provider_reference, state, reason, line_number, previous_number, attempts, create_time,
                      approve_time, settle_time
            """,
            provider,
            now,
            limit,
            [ask_again_after(attempts) for attempts in range(7)],
        )
        return [payout_of(row) for row in rows]

    async def oldest_undecided(self, provider: str) -> datetime | None:
        """When the oldest payout was made of which the provider has not said what became of it."""
        oldest: datetime | None = await self._pool.fetchval(
            "select min(create_time) from tip.payout where provider = $1 and ask_time is not null", provider
        )
        return oldest


async def _lock_accounts(connection: Queryable, educator_id: UUID, currency_code: str) -> tuple[int, int]:
    """The educator's balance and what they owe, both positive, which nobody else changes from here on.

    Locks in the order in which the posting does, and the account on the way too, since it is posted to after.
    """
    rows = await connection.fetch(
        """
        select kind, balance from tip.account
        where owner_id = $1 and currency = $2 and kind in (2, 4, 5)
        order by kind
        for no key update
        """,
        educator_id,
        currency_code,
    )
    balances = {row["kind"]: row["balance"] for row in rows}
    return balances.get(AccountKind.EDUCATOR, 0), -balances.get(AccountKind.DEBT, 0)


async def _take(connection: Queryable, new: NewPayout, amount: int) -> Payout:
    """The movement first: the entry that it makes is the account's latest, whose number the row keeps."""
    asked = new.state is PayoutState.PENDING and bool(new.destination)
    await add_movements(connection, [new.movement(TransactionKind.PAYOUT, amount)])
    row = await connection.fetchrow(
        """
        insert into tip.payout (
            payout_id, educator_id, request_id, request_hash, currency, amount, provider, destination, state,
            reason, line_number, previous_number, ask_time, attempts, create_time, update_time
        )
        select $1, owner_id, $3, $4, currency, $6, $7, $8, $9, $10, entry_count, coalesce((
            select line_number from tip.payout
            where educator_id = $2 and currency = $5::text
            order by line_number desc limit 1
        ), 0), $11, $12, $13, $13
        from tip.account
        where kind = 2 and owner_id = $2 and currency = $5::text
        returning payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
                  reason, line_number, previous_number, attempts, create_time, approve_time, settle_time
        """,
        new.payout_id,
        new.educator_id,
        new.request_id,
        new.request_hash,
        new.currency_code,
        amount,
        new.provider,
        new.destination,
        new.state,
        new.reason,
        new.create_time + ask_again_after(0) if asked else None,
        int(asked),
        new.create_time,
    )
    return payout_of(row)


async def _lock(connection: Queryable, payout_id: UUID) -> Payout | None:
    row = await connection.fetchrow(
        """
        select payout_id, educator_id, currency, amount, provider, destination, provider_reference, state,
               reason, line_number, previous_number, attempts, create_time, approve_time, settle_time
        from tip.payout
        where payout_id = $1
        for no key update
        """,
        payout_id,
    )
    return payout_of(row) if row is not None else None


async def _approve(connection: Queryable, payout: Payout, reason: str, at: datetime) -> Payout:
    """Out of its review. Whoever calls this asks the provider at once, which counts as the first time."""
    attempts = int(bool(payout.destination))
    await connection.execute(
        """
        update tip.payout
        set state = 1, reason = $2, ask_time = $3, attempts = $4, approve_time = $5, update_time = $5
        where payout_id = $1
        """,
        payout.payout_id,
        reason,
        at + ask_again_after(0) if attempts else None,
        attempts,
        at,
    )
    return replace(payout, state=PayoutState.PENDING, reason=reason, attempts=attempts, approve_time=at)


async def _settle(
    connection: Queryable,
    payout: Payout,
    state: PayoutState,
    reference: str | None,
    reason: str,
    at: datetime,
) -> Payout:
    """The money has arrived, or is the educator's again."""
    paid = state is PayoutState.PAID
    await add_movements(connection, [payout.settlement(paid, at)])
    reference = reference or payout.provider_reference
    await connection.execute(
        """
        update tip.payout
        set state = $2, provider_reference = $3, reason = $4, ask_time = null, update_time = $5,
            settle_time = $5
        where payout_id = $1
        """,
        payout.payout_id,
        state,
        reference,
        reason,
        at,
    )
    return replace(payout, state=state, provider_reference=reference, reason=reason, settle_time=at)
