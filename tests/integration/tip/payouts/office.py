"""Payouts without a server: a service, the people in it, and what the ledger says of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.tip import TipRepository
from academe.services.tip.model import AccountKind
from academe.services.tip.payouts.model import Payout, PayoutLine, PayoutState
from academe.services.tip.payouts.service import PayoutService, RingFinder
from tests.integration.tip.payouts.bank import Bank
from tests.support.ledger import balances_of, caller, fill_wallets, new_tip

RETURN_URL = "https://school.example/payouts"


class Log:
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, dict[str, Any]]] = []

    def error(self, event: str, **fields: Any) -> None:
        self.errors.append((event, fields))


class Office:
    """One process that pays out; `later` moves its clock, in seconds."""

    def __init__(self, pool: Pool, bank: Bank | None = None, *, find_rings: RingFinder | None = None) -> None:
        self.pool, self.bank, self.log = pool, bank, Log()
        self.later = 0
        provider: Any = bank  # of the port, what payouts need
        self.payouts = PayoutService(pool, provider, log=self.log, find_rings=find_rings, clock=self.now)
        self._tips, self._asked = TipRepository(pool), timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.later)

    async def educator(self, *amounts: int, currency: str = "EUR") -> Caller:
        """Somebody with these tips, and an account at the bank if there is one."""
        educator = caller(new_id(), Role.EDUCATOR)
        if self.bank is not None:
            account, _ = await self.payouts.accounts.create_payout_account(educator, RETURN_URL)
            assert account.reference is not None
            self.bank.enabled.add(account.reference)
            await self.payouts.accounts.refresh(account.reference)
        await self.tip(educator, *amounts, currency=currency)
        return educator

    async def tip(self, educator: Caller, *amounts: int, currency: str = "EUR") -> None:
        for amount in amounts:
            sender = new_id()
            await fill_wallets(self.pool, [sender], amount, currency)
            await self._tips.add_tip(new_tip(sender, educator.user_id, amount, currency=currency))

    async def create(
        self, educator: Caller, request_id: UUID | None = None, *, currency: str = "EUR", digest: bytes = b"1"
    ) -> Payout:
        return await self.payouts.create_payout(educator, request_id or uuid4(), digest, currency)

    async def settle(
        self, payout_id: UUID, paid: bool, reason: str = "", *, seen: PayoutState = PayoutState.PENDING
    ) -> Payout:
        """The word of an administrator who saw the payout in this state."""
        administrator = caller(new_id(), Role.ADMINISTRATOR)
        return await self.payouts.settle_payout(administrator, payout_id, paid, seen, reason)

    async def step(self) -> int:
        """Asks about whatever is not decided, as somebody does who comes two hours later each time."""
        transfers = self.payouts.transfers
        assert transfers is not None
        self._asked += timedelta(hours=2)
        return await transfers.step(self.now() + self._asked)

    async def lines(self, educator: Caller, payout: Payout, page_size: int = 100) -> list[PayoutLine]:
        lines, token = [], ""
        while True:
            page = await self.payouts.list_payout_lines(
                educator, payout.payout_id, page_size=page_size, page_token=token
            )
            lines += page.rows
            token = page.next_page_token
            if not token:
                return lines

    async def holds(self, educator: Caller, currency: str = "EUR") -> tuple[int, int]:
        """What is in the educator's balance, and what is on its way to them."""
        found = await balances_of(self.pool, [educator.user_id])
        kinds = AccountKind.EDUCATOR, AccountKind.PAYOUT
        balance, on_its_way = (found.get((educator.user_id, kind, currency), 0) for kind in kinds)
        return balance, on_its_way

    async def movements(self, payout: Payout) -> list[int]:
        """The kinds of movements that a payout made."""
        rows = await self.pool.fetch(
            "select kind from tip.movement where source_id = $1 order by kind", payout.payout_id
        )
        return [row["kind"] for row in rows]
