"""Promises, a clock that is set by hand, and a log that is read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from academe.caller import Role
from academe.db.pool import Pool
from academe.money import Money
from academe.services.tip import TipRepository, TipService
from academe.services.tip.model import SentTip, TipDraft, TipLimit, TipVisibility
from academe.services.tip.recurring.calendar import RecurrenceInterval
from academe.services.tip.recurring.job import RecurringJob
from academe.services.tip.recurring.model import CatchUpPolicy, RecurringDraft, RecurringPeriod, RecurringTip
from academe.services.tip.recurring.ports import SendTip
from academe.services.tip.recurring.repository import RecurringRepository
from academe.services.tip.recurring.repository_charges import ChargeRepository
from academe.services.tip.recurring.service import RecurringService
from tests.support.ledger import People, caller, fill_wallets

WEEK, MONTH, YEAR = RecurrenceInterval
EACH, LATEST, NONE = CatchUpPolicy
BEGINNING = datetime(2026, 3, 3, 9, tzinfo=UTC)
"""A Tuesday morning."""


class Clock:
    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: int) -> None:
        self.now += timedelta(**span)


class Log:
    """What was logged: (level, event, fields)."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda event, **fields: self.lines.append((level, event, fields))

    def errors(self, job: str | None = None) -> list[str]:
        return [
            event
            for level, event, fields in self.lines
            if level == "error" and job in (None, fields.get("job"))
        ]


def recurring_draft(
    educator_id: UUID,
    amount: int = 500,
    *,
    interval: RecurrenceInterval = WEEK,
    start_date: date | None = None,
    catch_up: CatchUpPolicy = EACH,
    request_id: UUID | None = None,
    request_hash: bytes = b"\x01" * 32,
) -> RecurringDraft:
    return RecurringDraft(
        request_id=request_id or uuid4(),
        request_hash=request_hash,
        educator_id=educator_id,
        amount=Money("EUR", amount),
        message="again",
        visibility=TipVisibility.PUBLIC,
        hide_amount=False,
        interval=interval,
        start_date=start_date,
        catch_up=catch_up,
    )


class Promises:
    """A small school over a pool, whose time is set by hand. As many jobs as are asked for."""

    def __init__(self, pool: Pool, now: datetime = BEGINNING, limits: Sequence[TipLimit] = ()) -> None:
        self.pool, self.clock, self.log, self.people = pool, Clock(now), Log(), People()
        self.tips = TipService(TipRepository(pool, limits=limits), self.people, clock=self.clock)
        self.repository = RecurringRepository(pool)
        self.service = RecurringService(self.repository, self.people, clock=self.clock)
        self.educator = self.people.add(Role.EDUCATOR)

    async def close(self) -> None:
        """Cancels what is left, so that no other test of the module finds it due."""
        await self.pool.execute("update tip.recurring_tip set state = 3")
        await self.pool.execute(
            "update tip.recurring_period set state = 3, failure_reason = 'over' where state = 1"
        )

    def job(self, send: SendTip | None = None, pool: Pool | None = None) -> RecurringJob:
        return RecurringJob(
            ChargeRepository(pool or self.pool), send or self.tips.send_for, log=self.log, clock=self.clock
        )

    async def promise(self, funds: int = 100_000, **how: Any) -> RecurringTip:
        """Somebody new, with money, promises."""
        sender = self.people.add()
        if funds:
            await fill_wallets(self.pool, [sender], funds)
        return await self.service.create_recurring_tip(caller(sender), recurring_draft(self.educator, **how))

    async def again(self, recurring: RecurringTip) -> RecurringTip:
        """As it is now."""
        found = await self.repository.get_recurring_tip(recurring.recurring_tip_id)
        assert found is not None
        return found

    async def periods(self, recurring: RecurringTip) -> Sequence[RecurringPeriod]:
        return (await self.again(recurring)).recent_periods

    async def charged_days(self, recurring: RecurringTip) -> list[date]:
        """Of the periods with a tip, oldest first."""
        return [one.start_date for one in reversed(await self.periods(recurring)) if one.tip_id]

    async def tip_count(self, recurring: RecurringTip) -> int:
        """Tips that the ledger has, whatever the periods say."""
        return int(
            await self.pool.fetchval("select count(*) from tip.tip where sender_id = $1", recurring.sender_id)
        )


class Killed(BaseException):
    """Nothing of the process runs after this."""


def killed(send: SendTip, *, after_sending: bool, at_call: int = 1) -> SendTip:
    """Sends as usual until its process dies, just before or just after a tip is sent."""
    calls = 0

    async def send_and_die(sender_id: UUID, draft: TipDraft) -> SentTip:
        nonlocal calls
        calls += 1
        if calls == at_call and not after_sending:
            raise Killed
        sent = await send(sender_id, draft)
        if calls >= at_call and after_sending:
            raise Killed
        return sent

    return send_and_die
