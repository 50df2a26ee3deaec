"""WatchTips: tips as they come, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from academe.caller import Caller
from academe.db.pool import Pool
from academe.services.tip.model import Funding, Tip, TipState, TipVisibility, TransactionKind
from academe.services.tip.repository_movements import add_movements
from academe.services.tip.watch.service import PAGE
from tests.integration.tip.watch.station import Station, educator, movement
from tests.support.ledger import fill_wallets, new_tip
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def station(pool: Pool) -> Station:
    return Station(pool)


@pytest.fixture
async def elsewhere(database: str) -> AsyncIterator[Station]:
    """Another process on the same database."""
    pool = await patient_pool(database, size=4)
    yield Station(pool)
    await pool.close()


async def test_tips_come_as_they_are_given(station: Station) -> None:
    """Once each, in their order, and those to others not at all."""
    me, other = educator(), educator()
    async with station.watching(me) as watcher:
        given = [await station.give(me, amount) for amount in (1, 2, 3)]
        await station.give(other)

        assert await watcher.take(3) == given
        assert await watcher.nothing_more()
    assert station.changes.watched() == []


async def test_what_becomes_of_a_tip(station: Station) -> None:
    """Held, then captured; held, then voided; refunded in parts, then wholly: each time as it stands."""
    me = educator()
    async with station.watching(me) as watcher:
        captured = await station.give(me, 100, funding=Funding.HOLD)
        assert (await watcher.next()).state is TipState.HELD
        await station.move(TransactionKind.CAPTURE, captured)
        assert (await watcher.next()).state is TipState.GIVEN
        voided = await station.give(me, 50, funding=Funding.HOLD)
        assert (await watcher.next()).tip_id == voided.tip_id
        await station.move(TransactionKind.VOID, voided)
        tip = await watcher.next()
        assert (tip.tip_id, tip.state) == (voided.tip_id, TipState.VOIDED)
        given = await station.give(me, 100)
        await watcher.next()
        await station.move(TransactionKind.REFUND, given, 30)
        tip = await watcher.next()
        assert (tip.tip_id, tip.state, tip.refunded) == (given.tip_id, TipState.GIVEN, 30)
        await station.move(TransactionKind.REFUND, given, 70)
        tip = await watcher.next()
        assert (tip.state, tip.refunded) == (TipState.REFUNDED, 100)
        assert await watcher.nothing_more()


async def test_a_tip_that_waits_for_its_payment(station: Station) -> None:
    """It comes when it is paid, and its educator hears nothing of it before; one that fails never comes."""
    me = educator()
    async with station.watching(me) as watcher:
        tips = [await station.give(me, funding=Funding.PAYMENT) for _ in range(2)]
        await station.pool.execute("update tip.lifecycle set state = 6 where tip_id = $1", tips[1].tip_id)
        station.changes.announce(me.user_id, tips[1].tip_id)
        other = await station.give(me, 7)
        assert await watcher.next() == other
        await station.move(TransactionKind.CHARGE, tips[0])
        paid = await watcher.next()
        assert (paid.tip_id, paid.state) == (tips[0].tip_id, TipState.GIVEN)
        assert await watcher.nothing_more()
    async with station.watching(me, LONG_AGO) as watcher:
        assert {tip.tip_id for tip in await watcher.take(2)} == {tips[0].tip_id, other.tip_id}
        assert await watcher.nothing_more()


async def test_an_anonymous_sender_stays_unknown(station: Station) -> None:
    """As it comes, when it changes, and from before."""
    me = educator()
    async with station.watching(me) as watcher:
        tip = await station.give(me, visibility=TipVisibility.ANONYMOUS)
        public = await station.give(me, visibility=TipVisibility.PUBLIC)
        first, second = await watcher.take(2)
        await station.move(TransactionKind.REFUND, tip, 10)
        changed = await watcher.next()
    async with station.watching(me, LONG_AGO) as watcher:
        past = await watcher.take(2)

    assert first == replace(tip, sender_id=None)
    assert second.sender_id == public.sender_id is not None
    assert (changed.tip_id, changed.sender_id, changed.refunded) == (tip.tip_id, None, 10)
    assert changed in past


async def test_what_another_process_wrote(station: Station, elsewhere: Station) -> None:
    """Given, held, voided and refunded there: all of it is found by asking."""
    me = educator()
    async with station.polling(), station.watching(me) as watcher:
        given = await elsewhere.give(me, 100)
        assert await watcher.next() == given
        held = await elsewhere.give(me, 100, funding=Funding.HOLD)
        assert (await watcher.next()).state is TipState.HELD
        await elsewhere.move(TransactionKind.VOID, held)
        assert (await watcher.next()).state is TipState.VOIDED
        await elsewhere.move(TransactionKind.REFUND, given, 100)
        assert (await watcher.next()).state is TipState.REFUNDED
        assert await watcher.nothing_more()


async def test_since_a_moment(station: Station) -> None:
    """From before, oldest first, as they are now; then what comes, without a repeat."""
    me = educator()
    early = await station.give(me, 1)
    await asyncio.sleep(0.01)
    since = datetime.now(UTC)
    past = [await station.give(me, amount) for amount in (2, 3, 4)]
    await station.move(TransactionKind.REFUND, past[1])
    async with station.watching(me, since) as watcher:
        seen = await watcher.take(3)
        new = await station.give(me, 5)

        assert [tip.tip_id for tip in seen] == [tip.tip_id for tip in past]
        assert [tip.state for tip in seen] == [TipState.GIVEN, TipState.REFUNDED, TipState.GIVEN]
        assert await watcher.next() == new
        assert await watcher.nothing_more()
    async with station.watching(me, since - timedelta(days=1)) as watcher:
        assert await watcher.next() == early


async def test_of_very_many_the_latest_thousand(station: Station) -> None:
    """More than that is not replayed."""
    me = educator()
    tips = await crowd(station, me, 1_010)
    async with station.watching(me, LONG_AGO) as watcher:
        seen = await watcher.take(1_000)

        assert [tip.tip_id for tip in seen] == sorted(tip.tip_id for tip in tips)[10:]
        assert await watcher.nothing_more()


async def test_somebody_slow_misses_nothing_and_holds_nothing_up(station: Station) -> None:
    """Tips come while they do not read; then each comes once, changed ones as they are by then."""
    me = educator()
    async with station.watching(me) as slow, station.watching(me) as quick:
        first = await station.give(me, 1)
        assert await quick.next() == first == await slow.next()
        tips = await crowd(station, me, 5 * PAGE)
        for part in (1, 2, 3):
            await station.move(TransactionKind.REFUND, tips[-1], part)
        by_quick, by_slow = await quick.rest(), await slow.rest()

    for seen in (by_quick, by_slow):
        times = Counter(tip.tip_id for tip in seen)
        assert times.keys() == {tip.tip_id for tip in tips}
        assert all(count == 1 for tip_id, count in times.items() if tip_id != tips[-1].tip_id)
        assert [tip for tip in seen if tip.tip_id == tips[-1].tip_id][-1].refunded == 6


async def test_what_is_changed_while_nobody_reads_is_read_once(station: Station) -> None:
    """Twenty changes of one tip are one piece of news to somebody slow."""
    me = educator()
    async with station.watching(me) as watcher:
        tip = await station.give(me, 100)
        assert await watcher.next() == tip
        for _ in range(20):
            await station.move(TransactionKind.REFUND, tip, 1)
        seen = await watcher.next()

        assert (seen.tip_id, seen.refunded) == (tip.tip_id, 20)
        assert await watcher.nothing_more()


async def test_watchers_that_begin_while_tips_come(station: Station, elsewhere: Station) -> None:
    """Whenever they begin, and in whichever process: what was and what comes, each tip once."""
    me = educator()
    given: list[Tip] = []

    async def give_on(by: Station) -> None:
        given.extend([await by.give(me, amount) for amount in range(1, 41)])

    async def begin(after: float, at: Station) -> list[Tip]:
        await asyncio.sleep(after)
        async with at.watching(me, LONG_AGO) as watcher:
            seen = await watcher.take(80)
            assert await watcher.nothing_more()
            return seen

    async with station.polling(), elsewhere.polling():
        watchers = [begin(n / 60, (station, elsewhere)[n % 2]) for n in range(12)]
        _, _, *seen = await asyncio.gather(give_on(station), give_on(elsewhere), *watchers)
    expected = sorted(tip.tip_id for tip in given)

    assert all(sorted(tip.tip_id for tip in each) == expected for each in seen)


@pytest.mark.parametrize("funding", [Funding.HOLD, Funding.WALLET])
async def test_a_transaction_that_commits_late(station: Station, funding: Funding) -> None:
    """What was written first and committed last is not passed over; nor is what was seen told again."""
    me = educator()
    async with station.watching(me) as watcher:
        late = await station.give(me, 100, funding=Funding.HOLD)
        assert (await watcher.next()).tip_id == late.tip_id
        async with station.pool.transaction() as connection:
            await add_movements(connection, [movement(TransactionKind.VOID, late, 100)])
            others = [await station.give(me, funding=funding) for _ in range(3)]
            assert await watcher.take(3) == [
                replace(tip, state=TipState.HELD, message="") if funding is Funding.HOLD else tip
                for tip in others
            ]
            station.changes.announce(me.user_id, late.tip_id)
            await asyncio.sleep(0.02)
        station.changes.announce(me.user_id, late.tip_id)
        tip = await watcher.next()

        assert (tip.tip_id, tip.state) == (late.tip_id, TipState.VOIDED)
        assert await watcher.nothing_more()


async def test_a_database_restored_from_another_server(
    station: Station, postgres: TestPostgres, database: str
) -> None:
    """Its transactions may be of the future here: that is no news, again and again."""
    me = educator()
    tip = await station.give(me, funding=Funding.HOLD)
    connection = await asyncpg.connect(postgres.superuser_dsn_of(database))
    await connection.execute("set session_replication_role = replica")
    await connection.execute(
        "update tip.lifecycle set change_xid = '9999999999' where tip_id = $1", tip.tip_id
    )
    await connection.close()
    async with station.polling(), station.watching(me) as watcher:
        new = await station.give(me)
        assert await watcher.next() == new
        assert await watcher.nothing_more()


async def test_nobody_is_woken_for_nothing(station: Station, elsewhere: Station) -> None:
    """While nobody's tips change, asking finds no news; of two educators, the one with news is woken."""
    me, other = educator(), educator()
    with station.changes.watch(me.user_id) as mine, station.changes.watch(other.user_id) as others:
        await station.poll.poll()
        mine.clear()
        others.clear()
        await station.poll.poll()
        assert not mine.is_set()
        await elsewhere.give(me)
        await station.poll.poll()
        assert (mine.is_set(), others.is_set()) == (True, False)
        mine.clear()
        await elsewhere.give(other, funding=Funding.HOLD)
        await station.poll.poll()
        assert (mine.is_set(), others.is_set()) == (False, True)


async def crowd(station: Station, me: Caller, count: int) -> list[Tip]:
    """So many tips at once, from as many people."""
    drafts = [new_tip(educator().user_id, me.user_id, 10) for _ in range(count)]
    await fill_wallets(station.pool, [new.sender_id for new in drafts], 10)
    outcomes = await station.tips.add_tips(drafts)
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    return [new.tip for new in drafts]
