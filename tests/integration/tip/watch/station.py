"""Watching without a server: what one process has, and somebody who watches there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.money import Money
from academe.services.tip import TipRepository
from academe.services.tip.model import (
    SCHOOL,
    AccountKind,
    Funding,
    Movement,
    Tip,
    TipVisibility,
    TransactionKind,
)
from academe.services.tip.repository_movements import add_movements
from academe.services.tip.watch import Changes, TipPoll, TipWatch, WatchRepository
from academe.services.tip.watch.repository import Position
from tests.support.ledger import caller, fill_wallets, new_tip

PATIENCE = 5.0
"""Seconds for something that takes milliseconds; more only when it never comes."""


class Watcher:
    """Somebody who watches, and takes what comes when they like; only the very first tip is read ahead."""

    def __init__(self, tips: AsyncGenerator[Tip, None]) -> None:
        self._tips = tips
        # A generator begins when something is asked of it.
        self._first: asyncio.Task[Tip] | None = asyncio.create_task(self._read())

    async def _read(self) -> Tip:
        return await anext(self._tips)

    async def next(self, patience: float = PATIENCE) -> Tip:
        first, self._first = self._first, None
        async with asyncio.timeout(patience):
            return await (first or self._read())

    async def take(self, count: int) -> list[Tip]:
        return [await self.next() for _ in range(count)]

    async def nothing_more(self, seconds: float = 0.1) -> bool:
        """Whether nothing comes for a while; the last thing to ask, since waiting ends the watching."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False

    async def rest(self) -> list[Tip]:
        """All that comes until nothing does for a while; this ends the watching too."""
        tips = []
        with suppress(TimeoutError):
            while True:
                tips.append(await self.next(0.2))
        return tips

    async def leave(self) -> None:
        if self._first is not None:
            self._first.cancel()
            await asyncio.wait({self._first})
        await self._tips.aclose()


class Beginning(WatchRepository):
    """Says when somebody has begun to watch."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.began = asyncio.Event()

    async def position(self, educator_id: UUID) -> Position:
        position = await super().position(educator_id)
        self.began.set()
        return position


class Station:
    """One process: it writes tips, announces them, and lets people watch."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.changes = pool, Changes()
        self.tips = TipRepository(pool, announce=self.changes.announce)
        self.repository = Beginning(pool)
        self.watch = TipWatch(self.repository, self.tips, self.changes, pause_seconds=0.002)
        self.poll = TipPoll(self.repository, self.changes, poll_seconds=0.02)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        """Within the block it hears of other processes."""
        task = asyncio.create_task(self.poll.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def watching(self, educator: Caller, since: datetime | None = None) -> AsyncIterator[Watcher]:
        """Watches from here on: whatever is committed in the block is for the watcher."""
        self.repository.began.clear()
        watcher = Watcher(self.watch.watch_tips(educator, since))
        try:
            await self.repository.began.wait()
            yield watcher
        finally:
            await watcher.leave()

    async def give(
        self,
        educator: Caller,
        amount: int = 100,
        *,
        funding: Funding = Funding.WALLET,
        visibility: TipVisibility = TipVisibility.PRIVATE,
    ) -> Tip:
        """A tip from somebody new; the money that it needs is there."""
        sender = new_id()
        if funding is not Funding.PAYMENT:
            await fill_wallets(self.pool, [sender], amount)
        new = new_tip(sender, educator.user_id, amount)
        sent = await self.tips.add_tip(
            replace(new, tip=replace(new.tip, funding=funding, visibility=visibility))
        )
        assert not isinstance(sent, Exception)
        return sent.tip

    async def move(self, kind: TransactionKind, tip: Tip, amount: int | None = None) -> None:
        """Captures, voids, charges or refunds, and announces it."""
        await add_movements(self.pool, [movement(kind, tip, amount or tip.amount.minor_units)])
        self.changes.announce(tip.educator_id, tip.tip_id)


def movement(kind: TransactionKind, tip: Tip, amount: int) -> Movement:
    assert tip.sender_id is not None
    sender, educator = tip.sender_id, tip.educator_id
    parties: dict[TransactionKind, tuple[AccountKind, UUID, AccountKind, UUID]] = {
        TransactionKind.CAPTURE: (AccountKind.HELD, sender, AccountKind.EDUCATOR, educator),
        TransactionKind.VOID: (AccountKind.HELD, sender, AccountKind.WALLET, sender),
        TransactionKind.CHARGE: (AccountKind.PROVIDER, SCHOOL, AccountKind.EDUCATOR, educator),
        TransactionKind.REFUND: (AccountKind.EDUCATOR, educator, AccountKind.WALLET, sender),
    }
    money = Money(tip.amount.currency_code, amount)
    return Movement(kind, new_id(), *parties[kind], money, tip.create_time, tip_id=tip.tip_id)


def educator() -> Caller:
    return caller(new_id(), Role.EDUCATOR)
