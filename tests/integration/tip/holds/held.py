"""Tips that are held, educators who owe, and a service over both."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from academe.caller import Role
from academe.db.pool import Pool
from academe.money import Money
from academe.services.tip import TipPolicy, TipRepository, TipService
from academe.services.tip.holds.repository import HoldRepository
from academe.services.tip.holds.service import HoldExpiry, HoldService
from academe.services.tip.model import (
    SCHOOL,
    AccountKind,
    Funding,
    Movement,
    Tip,
    TipDraft,
    TransactionKind,
)
from academe.services.tip.repository_movements import add_movements
from tests.integration.tip.recurring.promises import BEGINNING, Clock
from tests.support.ledger import People, balances_of, caller, draft, fill_wallets, new_tip


def hold_draft(educator_id: UUID, amount: int = 500, *, expire_time: datetime | None = None) -> TipDraft:
    return replace(draft(educator_id, amount), funding=Funding.HOLD, expire_time=expire_time)


class Held:
    """A school with a fee of 10 %, where tips of more than 100 euros are reviewed. Time is set by hand."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.clock, self.people = pool, Clock(BEGINNING), People()
        self._repository = repository = TipRepository(pool)
        self.tips = TipService(
            repository, self.people, policy=TipPolicy(1_000, review_above=10_000), clock=self.clock
        )
        self.announced: list[tuple[UUID, UUID]] = []
        self.service = HoldService(
            HoldRepository(pool),
            repository,
            announce=lambda *of_tip: self.announced.append(of_tip),
            clock=self.clock,
        )
        self.expiry = HoldExpiry(
            HoldRepository(pool), announce=lambda *of_tip: self.announced.append(of_tip), clock=self.clock
        )
        self.sender = caller(self.people.add())
        self.educator = caller(self.people.add(Role.EDUCATOR), Role.EDUCATOR)
        self.administrator = caller(self.people.add(), Role.ADMINISTRATOR)

    async def hold(self, amount: int = 500, *, lasts: timedelta | None = None) -> Tip:
        """A tip of the sender's that is set aside."""
        await fill_wallets(self.pool, [self.sender.user_id], amount)
        expire_time = self.clock() + lasts if lasts is not None else None
        wish = hold_draft(self.educator.user_id, amount, expire_time=expire_time)
        return (await self.tips.send_tip(self.sender, wish)).tip

    async def review(self, amount: int = 20_000) -> Tip:
        """A tip of the sender's that an administrator must look at."""
        await fill_wallets(self.pool, [self.sender.user_id], amount)
        return (await self.tips.send_tip(self.sender, draft(self.educator.user_id, amount))).tip

    async def balance(self, owner_id: UUID, kind: AccountKind) -> int:
        return (await balances_of(self.pool, [owner_id])).get((owner_id, kind, "EUR"), 0)

    async def sender_has(self) -> tuple[int, int]:
        """In the wallet, and set aside."""
        owner = self.sender.user_id
        return await self.balance(owner, AccountKind.WALLET), await self.balance(owner, AccountKind.HELD)

    async def educator_has(self) -> tuple[int, int]:
        """On the account, and owed."""
        owner = self.educator.user_id
        return await self.balance(owner, AccountKind.EDUCATOR), await self.balance(owner, AccountKind.DEBT)

    async def owe(self, amount: int) -> None:
        """The educator was paid out what is then disputed."""
        payer, educator, now = self.people.add(), self.educator.user_id, self.clock()
        new = new_tip(payer, educator, amount)
        tip = replace(new.tip, funding=Funding.PAYMENT, platform_fee=amount // 10)
        await self._repository.add_tip(replace(new, tip=tip))
        share, money = amount - tip.platform_fee, Money("EUR", amount)
        of_tip = {"tip_id": tip.tip_id, "create_time": now}
        charge = Movement(
            TransactionKind.CHARGE, tip.tip_id, AccountKind.PROVIDER, SCHOOL, AccountKind.EDUCATOR, educator,
            money, platform_fee=tip.platform_fee, **of_tip,
        )  # fmt: skip
        payout = Movement(
            TransactionKind.PAYOUT, uuid4(), AccountKind.EDUCATOR, educator, AccountKind.PAYOUT, educator,
            Money("EUR", share), now,
        )  # fmt: skip
        dispute = Movement(
            TransactionKind.DISPUTE, uuid4(), AccountKind.EDUCATOR, educator, AccountKind.PROVIDER, SCHOOL,
            money, platform_fee=tip.platform_fee, debt=share, **of_tip,
        )  # fmt: skip
        for movement in (charge, payout, dispute):
            await add_movements(self.pool, [movement])
