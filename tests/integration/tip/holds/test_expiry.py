"""A hold that nobody decides is given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from academe.db.pool import create_pool
from academe.services.tip.errors import TipNotHeld
from academe.services.tip.holds import service
from academe.services.tip.model import Tip, TipState
from tests.integration.tip.holds.held import Held
from tests.support.ledger import faults

HOUR = timedelta(hours=1)


async def test_given_back_when_its_time_is_over(held: Held) -> None:
    """Not a moment before, and once."""
    tip = await held.hold(500, lasts=HOUR)
    held.clock.forward(minutes=59, seconds=59)
    await held.expiry.run()
    before = await held.sender_has()
    held.clock.forward(seconds=1)
    for _ in range(2):
        assert await held.expiry.run() is None

    assert (before, await held.sender_has()) == ((0, 500), (500, 0))
    assert held.announced == [(held.educator.user_id, tip.tip_id)]
    assert (await held.tips.get_tip(held.sender, tip.tip_id)).state is TipState.VOIDED
    with pytest.raises(TipNotHeld):
        await held.service.capture_tip(held.sender, tip.tip_id)
    assert await faults(held.pool) == []


async def test_a_review_that_nobody_looked_at(held: Held) -> None:
    """It is given back too, after thirty days."""
    tip = await held.review()
    held.clock.forward(days=30)
    await held.expiry.run()

    assert (await held.tips.get_tip(held.sender, tip.tip_id)).state is TipState.VOIDED


async def test_more_than_one_batch(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several runs at once share them, and each tip is given back once."""
    monkeypatch.setattr(service, "EXPIRED_AT_ONCE", 7)
    for _ in range(40):
        await held.hold(100, lasts=HOUR)
    held.clock.forward(hours=2)
    await asyncio.gather(*(held.expiry.run() for _ in range(4)))

    assert await held.sender_has() == (4_000, 0)
    assert len(held.announced) == len(set(held.announced)) == 40
    assert await faults(held.pool) == []


async def test_captured_while_it_expires(held: Held) -> None:
    """Whoever is first decides, the other finds it decided: never both, never neither."""
    given = 0
    for _ in range(20):
        tip = await held.hold(100, lasts=HOUR)
        held.clock.forward(hours=1)
        captured, *_ = await asyncio.gather(
            held.service.capture_tip(held.sender, tip.tip_id),
            held.expiry.run(),
            held.expiry.run(),
            return_exceptions=True,
        )
        await held.expiry.run()
        now = await held.tips.get_tip(held.sender, tip.tip_id)
        assert now.state is (TipState.GIVEN if isinstance(captured, Tip) else TipState.VOIDED)
        given += isinstance(captured, Tip)

    assert await held.sender_has() == ((20 - given) * 100, 0)
    assert await held.educator_has() == (given * 90, 0)
    assert await faults(held.pool) == []


async def test_one_that_somebody_has_locked(held: Held, database: str) -> None:
    """The others do not wait for it, and the job says since when it waits."""
    locked, free = await held.hold(100, lasts=HOUR), await held.hold(200, lasts=2 * HOUR)
    held.clock.forward(hours=3)
    gone = await create_pool(database, size=1)
    async with gone.transaction() as connection:
        await connection.execute("select from tip.lifecycle where tip_id = $1 for update", locked.tip_id)
        waits = await held.expiry.run()
        meanwhile = await held.sender_has()
    await gone.close()

    assert waits == locked.expire_time
    assert meanwhile == (200, 100)
    assert (await held.tips.get_tip(held.sender, free.tip_id)).state is TipState.VOIDED
    assert await held.expiry.run() is None
    assert await held.sender_has() == (300, 0)
