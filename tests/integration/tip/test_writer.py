"""The writer of tips under everything that happens to it at once: repeats, poison, cuts, other processes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from academe.db.pool import Pool, create_pool
from academe.errors import DatabaseUnavailable, RequestIdReused
from academe.ids import new_id
from academe.services.tip import TipRepository
from academe.services.tip.model import NewTip, SentTip
from tests.support.ledger import balances_of, faults, fill_wallets, new_tip, tips_of
from tests.support.pools import patient_pool

WALLET = 10**15


class Batches:
    """What the writer tells of its batches: their sizes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, name: str, items: int, seconds: float) -> None:
        if name == "tip.send":
            self.sizes.append(items)


class Watched:
    """A pool that remembers how its statements failed; the writer itself would run them again unseen."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.failures: list[Exception] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Any]:
        try:
            return await self._pool.fetch(query, *args, timeout=timeout)
        except Exception as error:
            self.failures.append(error)
            raise


@pytest.fixture
async def other_process(database: str) -> AsyncIterator[Pool]:
    """A second pool on the same database, as a second server would have it."""
    opened = await patient_pool(database, size=4)
    yield opened
    await opened.close()


async def rich(pool: Pool, count: int) -> list[UUID]:
    """People whose wallets are full."""
    people = [new_id() for _ in range(count)]
    await fill_wallets(pool, people, WALLET)
    return people


async def test_tips_sent_at_once_share_a_transaction(pool: Pool) -> None:
    """A hundred tips of one moment are one batch, and each caller gets their own tip."""
    batches = Batches()
    repository = TipRepository(pool, on_batch=batches)
    educator = new_id()
    tips = [new_tip(sender, educator, n) for n, sender in enumerate(await rich(pool, 100), start=1)]

    sent = await asyncio.gather(*map(repository.add_tip, tips))

    assert batches.sizes == [100]
    assert [each.tip for each in sent] == [new.tip for new in tips]
    assert not any(each.replayed for each in sent)
    assert await balances_of(pool, [educator]) == {(educator, 2, "EUR"): 5050}
    assert await faults(pool) == []


async def test_the_same_request_twice_in_one_batch(pool: Pool) -> None:
    """The first one submitted makes the tip, the other is answered with it."""
    batches = Batches()
    repository = TipRepository(pool, on_batch=batches)
    (sender,) = await rich(pool, 1)
    first = new_tip(sender, new_id(), 700)
    again = new_tip(first.sender_id, first.tip.educator_id, 700, request_id=first.request_id)

    made, repeated = await asyncio.gather(repository.add_tip(first), repository.add_tip(again))

    assert batches.sizes == [2]
    assert made == SentTip(first.tip, replayed=False)
    assert repeated == SentTip(first.tip, replayed=True)
    assert len(await tips_of(pool, [first.sender_id])) == 1
    assert await faults(pool) == []


async def test_another_tip_under_the_same_request_in_one_batch(pool: Pool) -> None:
    """The one that differs is refused, its neighbours are written."""
    repository = TipRepository(pool)
    (sender,) = await rich(pool, 1)
    first = new_tip(sender, new_id(), 700)
    other = new_tip(first.sender_id, first.tip.educator_id, 701, request_id=first.request_id)
    (beside_them,) = await rich(pool, 1)
    neighbour = new_tip(beside_them, first.tip.educator_id)

    made, refused, beside = await asyncio.gather(
        *map(repository.add_tip, (first, other, neighbour)), return_exceptions=True
    )

    assert made == SentTip(first.tip, replayed=False)
    assert isinstance(refused, RequestIdReused)
    assert beside == SentTip(neighbour.tip, replayed=False)


async def test_two_people_may_use_the_same_request_id(pool: Pool) -> None:
    """A request_id means something to the one who made it only."""
    repository = TipRepository(pool)
    request_id, educator = uuid4(), new_id()
    tips = [new_tip(sender, educator, request_id=request_id) for sender in await rich(pool, 2)]

    sent = await asyncio.gather(*map(repository.add_tip, tips))

    assert [each.tip for each in sent] == [new.tip for new in tips]


async def test_a_repeat_after_a_restart(pool: Pool, other_process: Pool) -> None:
    """What a request made is known to every process, for ever: the tip itself is the record."""
    (sender,) = await rich(pool, 1)
    first = new_tip(sender, new_id(), 900, message="für alles")
    await TipRepository(pool).add_tip(first)
    again = new_tip(
        first.sender_id, first.tip.educator_id, 900, request_id=first.request_id, message="für alles"
    )

    assert await TipRepository(other_process).add_tip(again) == SentTip(first.tip, replayed=True)


POISONS = [
    new_tip(new_id(), new_id(), 0),
    new_tip(new_id(), new_id(), 2**63),
    new_tip(new_id(), new_id(), currency="euro"),
    new_tip(new_id(), new_id(), message="a\0b"),
]


@pytest.mark.parametrize("poison", POISONS, ids=["zero", "past 64 bits", "no currency", "unstorable text"])
async def test_a_poisoned_tip_fails_alone(pool: Pool, poison: NewTip) -> None:
    """One of a hundred that PostgreSQL refuses costs the ninety-nine nothing but time."""
    repository = TipRepository(pool)
    educator = new_id()
    tips = [new_tip(sender, educator, 10) for sender in await rich(pool, 99)]
    tips.insert(40, poison)

    outcomes = await asyncio.gather(*map(repository.add_tip, tips), return_exceptions=True)

    failed = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
    assert failed == [40]
    assert await balances_of(pool, [educator]) == {(educator, 2, "EUR"): 990}
    assert await faults(pool) == []


async def test_a_caller_who_leaves_does_not_take_the_tip_along(pool: Pool) -> None:
    """Once its batch has begun a tip is written, and a later repeat finds it."""
    began = asyncio.Event()

    class Beginning(Watched):
        async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Any]:
            began.set()
            return await super().fetch(query, *args, timeout=timeout)

    repository = TipRepository(Beginning(pool))
    (sender,) = await rich(pool, 1)
    tip = new_tip(sender, new_id())
    leaving = asyncio.create_task(repository.add_tip(tip))
    await began.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    again = new_tip(tip.sender_id, tip.tip.educator_id, request_id=tip.request_id)
    assert await repository.add_tip(again) == SentTip(tip.tip, replayed=True)
    assert await faults(pool) == []


async def test_two_processes_on_crossing_accounts_never_deadlock(pool: Pool, other_process: Pool) -> None:
    """Everybody tips everybody, from both sides at once: accounts are locked in one order by all."""
    people = await rich(pool, 40)
    watched = [Watched(pool), Watched(other_process)]
    repositories = [TipRepository(each) for each in watched]
    choice = random.Random(7)

    async def load(repository: TipRepository) -> int:
        total = 0
        for _ in range(30):
            pairs = [choice.sample(people, 2) for _ in range(choice.randint(1, 80))]
            sent = await asyncio.gather(*(repository.add_tip(new_tip(a, b, 1)) for a, b in pairs))
            total += len(sent)
        return total

    total = sum(await asyncio.gather(*map(load, repositories)))
    balances = await balances_of(pool, people)

    assert [each.failures for each in watched] == [[], []]
    assert sum(balance for (_, kind, _), balance in balances.items() if kind == 2) == total
    assert await faults(pool) == []


async def test_a_writer_that_waits_for_an_account_holds_no_later_one(pool: Pool, database: str) -> None:
    """That is what locking in one order means, and why nobody can wait in a circle."""
    people = sorted(await rich(pool, 40))
    waiting = await create_pool(database, size=1, application_name="waiting")
    educator = new_id()
    tips = [new_tip(a, educator) for a in people]
    async with pool.transaction() as holder:
        await holder.execute("select from tip.account where owner_id = $1 and kind = 1 for update", people[0])
        batch = asyncio.gather(*map(TipRepository(waiting).add_tip, tips))
        while not await pool.fetchval(
            """
            select exists (
                select from pg_stat_activity where application_name = 'waiting' and wait_event_type = 'Lock'
            )
            """
        ):
            pass
        async with pool.transaction() as other:
            free = await other.fetch(
                "select from tip.account where owner_id = any($1::uuid[]) for update skip locked", people[1:]
            )
    await batch
    await waiting.close()

    assert len(free) == 39
    assert await faults(pool) == []


async def test_two_processes_with_the_same_requests_in_opposite_order(
    pool: Pool, other_process: Pool
) -> None:
    """Requests are inserted in one order by all, so that neither waits for the other in a circle."""
    people = await rich(pool, 20)
    choice = random.Random(11)
    watched = [Watched(pool), Watched(other_process)]
    repositories = [TipRepository(each) for each in watched]
    for _ in range(15):
        tips = [new_tip(*choice.sample(people, 2), 5) for _ in range(128)]
        copies = [
            new_tip(new.sender_id, new.tip.educator_id, 5, request_id=new.request_id)
            for new in reversed(tips)
        ]
        mine, theirs = await asyncio.gather(
            asyncio.gather(*map(repositories[0].add_tip, tips)),
            asyncio.gather(*map(repositories[1].add_tip, copies)),
        )
        assert [each.tip for each in mine] == [each.tip for each in reversed(theirs)]
        assert all(a.replayed != b.replayed for a, b in zip(mine, reversed(theirs), strict=True))

    assert [each.failures for each in watched] == [[], []]
    assert len(await tips_of(pool, people)) == 15 * 128
    assert await faults(pool) == []


async def test_connections_cut_under_load(pool: Pool, database: str) -> None:
    """Backends are killed while hundreds of tips are under way, and callers repeat what was not answered.

    Nothing that was acknowledged is lost, and nothing is there twice.
    """
    (sender,), educators = await rich(pool, 1), [new_id() for _ in range(5)]
    tips = [new_tip(sender, random.choice(educators), amount) for amount in range(1, 601)]
    acknowledged: dict[Any, SentTip] = {}
    victim = await create_pool(database, size=2, application_name="victim")
    watched = Watched(victim)
    repository = TipRepository(watched)
    progress = asyncio.Condition()

    async def send(tip: NewTip) -> None:
        while True:
            again = new_tip(
                sender, tip.tip.educator_id, tip.tip.amount.minor_units, request_id=tip.request_id
            )
            try:
                acknowledged[tip.request_id] = await repository.add_tip(again)
            except DatabaseUnavailable:
                continue
            async with progress:
                progress.notify_all()
            return

    async def client(share: list[NewTip]) -> None:
        for tip in share:
            await send(tip)

    async def cut() -> None:
        for mark in range(20, 600, 40):
            async with progress:
                await progress.wait_for(lambda mark=mark: len(acknowledged) >= mark)
            await pool.execute(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where application_name = 'victim'
                """
            )

    cutting = asyncio.create_task(cut())
    await asyncio.gather(*(client(tips[index::30]) for index in range(30)))
    await cutting
    await victim.close()
    rows = await tips_of(pool, [sender])

    assert len(watched.failures) > 5
    assert {row["request_id"]: row["amount"] for row in rows} == {
        request_id: sent.tip.amount.minor_units for request_id, sent in acknowledged.items()
    }
    assert len(rows) == len(tips)
    assert (await balances_of(pool, [sender]))[sender, 1, "EUR"] == WALLET - sum(range(1, 601))
    assert await faults(pool) == []


async def test_a_cut_between_the_write_and_its_answer(pool: Pool, database: str) -> None:
    """The tip was committed and the connection was lost before that was told: it is found, not made again."""

    class Cutting(Watched):
        cuts = 1

        async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[Any]:
            rows = await super().fetch(query, *args, timeout=timeout)
            if self.cuts:
                self.cuts -= 1
                raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
            return rows

    (sender,) = await rich(pool, 1)
    tip = new_tip(sender, new_id(), 33)

    assert await TipRepository(Cutting(pool)).add_tip(tip) == SentTip(tip.tip, replayed=False)
    assert len(await tips_of(pool, [tip.sender_id])) == 1
    assert await faults(pool) == []
