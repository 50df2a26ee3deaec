"""People who tip each other in a circle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.services.tip.holds.abuse import Ring
from academe.services.tip.holds.repository_abuse import AbuseRepository
from tests.integration.tip.holds.held import Held, hold_draft
from tests.support.ledger import caller, draft, fill_wallets


class Circle:
    """Four educators who have money."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.a, self.b, self.c, self.d = (held.people.add(Role.EDUCATOR) for _ in range(4))

    async def tips(self, *pairs: tuple[UUID, UUID]) -> None:
        for sender, educator in pairs:
            await fill_wallets(self.held.pool, [sender], 500)
            await self.held.tips.send_tip(caller(sender), draft(educator))

    async def rings(self, educator_id: UUID, since: datetime | None = None) -> list[Ring]:
        """Of the last hour: the ids of tips, by which it is looked, are of today."""
        since = since or datetime.now(UTC) - timedelta(hours=1)
        return await AbuseRepository(self.held.pool).find_rings(educator_id, since)


@pytest.fixture
def circle(held: Held) -> Circle:
    return Circle(held)


async def test_two_who_tip_each_other(circle: Circle) -> None:
    """Both are in the ring, however often they do it."""
    a, b = circle.a, circle.b
    await circle.tips((a, b), (b, a), (a, b), (b, a))

    assert await circle.rings(a) == [Ring((a, b))]
    assert await circle.rings(b) == [Ring((b, a))]
    assert str(Ring((a, b))) == f"{a} -> {b} -> {a}"


async def test_three_in_a_circle(circle: Circle) -> None:
    """Told from the view of each."""
    a, b, c = circle.a, circle.b, circle.c
    await circle.tips((a, b), (b, c), (c, a))

    assert await circle.rings(a) == [Ring((a, b, c))]
    assert await circle.rings(c) == [Ring((c, a, b))]


async def test_people_who_thank_each_other_without_a_circle(circle: Circle) -> None:
    """A chain, two who tip the same, and a circle of four are no ring."""
    a, b, c, d = circle.a, circle.b, circle.c, circle.d
    await circle.tips((a, b), (b, c), (a, c), (c, d), (d, a))

    assert await circle.rings(b) == []
    assert await circle.rings(a) == [Ring((a, c, d))]


async def test_both_kinds_at_once(circle: Circle) -> None:
    """The shorter one first."""
    a, b, c = circle.a, circle.b, circle.c
    await circle.tips((a, b), (b, a), (b, c), (c, a))

    assert await circle.rings(a) == [Ring((a, b)), Ring((a, b, c))]


async def test_long_ago(circle: Circle) -> None:
    """Only tips since the moment asked for make a ring."""
    a, b = circle.a, circle.b
    await circle.tips((a, b), (b, a))

    assert await circle.rings(a, datetime.now(UTC) + timedelta(seconds=5)) == []
    assert await circle.rings(a, datetime(1960, 1, 1, tzinfo=UTC)) == [Ring((a, b))]


async def test_a_tip_that_was_taken_back(circle: Circle) -> None:
    """A hold that was voided moved nothing."""
    held, a, b = circle.held, circle.a, circle.b
    await circle.tips((a, b))
    await fill_wallets(held.pool, [b], 500)
    tip = (await held.tips.send_tip(caller(b), hold_draft(a))).tip
    while_held = await circle.rings(a)
    await held.service.void_tip(caller(b), tip.tip_id)

    assert while_held == [Ring((a, b))]
    assert await circle.rings(a) == []


async def test_nobody_knows_them(pool: Pool) -> None:
    """Somebody without tips is in no ring."""
    assert await AbuseRepository(pool).find_rings(UUID(int=1), datetime.now(UTC)) == []
