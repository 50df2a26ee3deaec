"""Who gave most, for anybody to see."""

from __future__ import annotations

from datetime import timedelta

from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.tip.reports.repository import ReportRepository
from academe.services.tip.reports.service import ReportService
from academe.services.tip.statements.press import Press
from tests.integration.tip.statements.books import ANONYMOUS, PRIVATE, Books, day
from tests.support.ledger_rows import CAPTURE, insert_movement


async def test_only_what_was_given_publicly_counts(pool: Pool) -> None:
    """Private and anonymous tips, hidden amounts, holds, and what was unpaid or given back, are left out."""
    books, edda = Books(pool), new_id()
    lea, sam, kim = (books.people.add(display_name=name) for name in ("Lea", "Sam", "Kim"))
    for person in (lea, sam, kim):
        await books.top_up(person, 100_000, day(1))
    await books.tip(lea, edda, 500, day(2))
    await books.tip(lea, edda, 9_000, day(3), visibility=PRIVATE)
    await books.tip(lea, edda, 9_000, day(3), visibility=ANONYMOUS)
    await books.tip(lea, edda, 9_000, day(3), currency="EUR", hide_amount=True)
    refunded = await books.tip(sam, edda, 800, day(4))
    await books.refund(refunded, edda, sam, 100, day(5))
    gone = await books.tip(kim, edda, 900, day(6))
    await books.refund(gone, edda, kim, 900, day(7))
    await books.tip(kim, edda, 5_000, day(8), funding=2)
    await books.tip(kim, edda, 5_000, day(8), funding=3)

    found = await books.reports.top_supporters(edda, "EUR", None, 0)

    assert [(s.display_name, s.amount, s.tip_count) for s in found] == [("Sam", 700, 1), ("Lea", 500, 2)]
    assert [s.latest_time for s in found] == [day(4), day(3)]


async def test_a_hold_counts_once_it_is_given(pool: Pool) -> None:
    """And the span begins when it is asked to."""
    books, edda = Books(pool), new_id()
    lea = books.people.add(display_name="Lea")
    await books.top_up(lea, 100_000, day(1))
    await books.tip(lea, edda, 100, day(2))
    held = await books.tip(lea, edda, 400, day(3), funding=2)
    await insert_movement(
        pool,
        CAPTURE,
        source_id=held,
        tip_id=held,
        from_owner=lea,
        to_owner=edda,
        amount=400,
        create_time=day(4),
    )

    assert [s.amount for s in await books.reports.top_supporters(edda, "EUR", None, 0)] == [500]
    assert [s.amount for s in await books.reports.top_supporters(edda, "EUR", day(3), 0)] == [400]
    assert await books.reports.top_supporters(edda, "EUR", day(5), 0) == []
    assert await books.reports.top_supporters(edda, "JPY", None, 0) == []


async def test_one_answer_serves_many_questions(pool: Pool) -> None:
    """Whatever the time of day, and however many are wanted, the tips are added up once."""
    books, edda, read = Books(pool), new_id(), []
    reports = ReportService(
        ReportRepository(pool, on_batch=lambda name, *_: read.append(name)),
        books.repository,
        books.people,
        Press(),
    )
    lea, sam = (books.people.add(display_name=name) for name in ("Lea", "Sam"))
    for person, amount in ((lea, 200), (sam, 100)):
        await books.top_up(person, amount, day(1))
        await books.tip(person, edda, amount, day(2))
    found = [
        [supporter.display_name for supporter in await reports.top_supporters(edda, "EUR", start, limit)]
        for start in (day(2), day(2, microseconds=1), day(2) + timedelta(hours=11))
        for limit in (0, 1, 100)
    ]

    assert found == [["Lea", "Sam"], ["Lea"], ["Lea", "Sam"]] * 3
    assert read == ["tip.supporters"]
    assert await reports.top_supporters(edda, "EUR", day(3), 0) == []


async def test_who_only_hides_amounts_is_named_last(pool: Pool) -> None:
    """They gave publicly, and how much stays out of the picture; somebody who left has no name."""
    books, edda, gone = Books(pool), new_id(), new_id()
    lea = books.people.add(display_name="Lea")
    for person in (gone, lea):
        await books.top_up(person, 100_000, day(1))
    await books.tip(lea, edda, 9_999, day(2), hide_amount=True)
    await books.tip(gone, edda, 1, day(2))

    found = await books.reports.top_supporters(edda, "EUR", None, 5)

    assert [(s.display_name, s.amount) for s in found] == [("", 1), ("Lea", 0)]
    assert len(await books.reports.top_supporters(edda, "EUR", None, 1)) == 1
