"""What the school holds and owes, and whether the provider says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.tip.errors import FundingNotOffered
from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.payments.movements import OF_DEBT, OF_FEE
from academe.services.tip.ports import BookLine
from academe.services.tip.reports import repository_school, school
from academe.services.tip.reports.model import Reconciliation
from tests.integration.tip.statements.books import Books, day
from tests.support.ledger_rows import (
    PAYOUT,
    PROVIDER_FEE,
    TOP_UP,
    TOP_UP_TAKEN_BACK,
    insert_movement,
)

LONG_AGO, LONG_AFTER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
K, A = TransactionKind, AccountKind


class Provider:
    """Somebody else's books."""

    name = "stripe"

    def __init__(self, lines: Sequence[BookLine]) -> None:
        self.lines = lines

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        return [line for line in self.lines if start <= line.time < end]


def line(
    source_id: UUID | None, amount: int, fee: int = 0, *, reference: str = "pi_1", at: datetime
) -> BookLine:
    return BookLine(f"txn_{reference}", "charge", amount, fee, amount - fee, at, reference, source_id)


async def test_balances_at_any_seal_add_up_to_nothing(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two commits, in pages of any size; and what happened between two is told by kind."""
    monkeypatch.setattr(repository_school, "PAGE", 2)
    monkeypatch.setattr(school, "ENTRIES_MAX", 3)
    books, edda = Books(pool), new_id()
    people = [new_id() for _ in range(3)]
    moments = [datetime.now(UTC)]
    # The tips' own times run backwards, so that accounts have times of their own.
    for number, person in enumerate(people):
        await books.top_up(person, 1_000, day(90 - number), "SEK")
        await books.tip(person, edda, 400, day(80 - number), platform_fee=40, currency="SEK")
        await books.tip(person, edda, 100, day(70 - number), funding=2, currency="SEK")
        moments.append(datetime.now(UTC))
    await insert_movement(
        pool, PAYOUT, from_owner=edda, to_owner=edda, amount=1_000, create_time=day(60), currency="SEK"
    )
    service = books.school()
    for count, moment in enumerate(moments):
        report = await service.get_school_report("SEK", LONG_AGO, moment, reconcile=False)

        assert sum(report.balances.values()) == 0
        assert report.balances[A.EDUCATOR] == 360 * count
        assert report.balances[A.HELD] == 100 * count
        assert report.balances[A.WALLET] == 500 * count
        assert [(t.kind, t.count, t.amount) for t in report.totals] == (
            [(K.TIP, count, 400 * count), (K.HOLD, count, 100 * count), (K.TOP_UP, count, 1_000 * count)]
            if count
            else []
        )
    last = await service.get_school_report("SEK", moments[-1], None, reconcile=False)
    assert [(t.kind, t.count, t.amount) for t in last.totals] == [(K.PAYOUT, 1, 1_000)]
    assert last.balances[A.EDUCATOR] == 80
    assert last.reconciliation is None


async def test_every_kind_is_counted_by_its_whole_amount(pool: Pool) -> None:
    """Also where a transaction has legs on both sides: refunds and disputes with fees and debts."""
    books, lea, edda = Books(pool), new_id(), new_id()
    before = datetime.now(UTC)
    await books.top_up(lea, 1_000, day(1))
    tip_id = await books.tip(lea, edda, 1_000, day(2), platform_fee=100)
    await books.refund(tip_id, edda, lea, 500, day(3), platform_fee=50)
    paid = await books.paid_tip(lea, edda, 2_000, 90, day(4), platform_fee=200)
    await books.dispute(paid, edda, 1_000, day(5), payment_fee=45, debt=100)

    report = await books.school().get_school_report("EUR", before, None, reconcile=False)

    assert {t.kind: (t.count, t.amount) for t in report.totals} == {
        K.TOP_UP: (1, 1_000),
        K.TIP: (1, 1_000),
        K.REFUND: (1, 500),
        K.CHARGE: (1, 2_000),
        K.PROVIDER_FEE: (1, 90),
        K.DISPUTE: (1, 1_000),
    }


async def test_a_span_that_ends_before_it_begins_is_refused(pool: Pool) -> None:
    """Naming the field."""
    with pytest.raises(InvalidArgument, match="end_time"):
        await Books(pool).school().get_school_report("EUR", day(2), day(1), reconcile=False)


@pytest.fixture(scope="module")
async def reconciled(pool: Pool) -> tuple[Books, list[BookLine]]:
    """Two payments, a disputed top-up that became a debt, and the provider's lines about them."""
    books, lea, edda = Books(pool), new_id(), new_id()
    first = await books.paid_tip(lea, edda, 2_000, 90, day(100), currency="DKK")
    second = await books.paid_tip(lea, edda, 500, 40, day(101), currency="DKK")
    top_up, dispute = new_id(), new_id()
    await insert_movement(
        pool,
        TOP_UP,
        source_id=top_up,
        from_kind=8,
        to_owner=lea,
        amount=300,
        create_time=day(102),
        currency="DKK",
    )
    for source_id, kind, amount in ((dispute, 1, 100), (uuid5(OF_DEBT, dispute.hex), 5, 200)):
        await insert_movement(
            pool,
            TOP_UP_TAKEN_BACK,
            source_id=source_id,
            from_kind=kind,
            from_owner=lea,
            to_kind=8,
            amount=amount,
            create_time=day(103),
            currency="DKK",
        )
    await insert_movement(
        pool,
        PROVIDER_FEE,
        source_id=uuid5(OF_FEE, "dp_1"),
        amount=1_500,
        create_time=day(103),
        currency="DKK",
    )
    await pool.execute(
        """
        insert into tip.dispute (
            dispute_id, provider, provider_reference, payment_id, currency, amount, state, reason,
            create_time, update_time
        ) values ($1, 'stripe', 'dp_1', $2, 'DKK', 300, 1, '', $3, $3)
        """,
        dispute,
        top_up,
        day(103),
    )
    return books, [
        line(first, 2_000, 90, reference="pi_1", at=day(100)),
        line(second, 500, 40, reference="pi_2", at=day(101)),
        line(top_up, 300, reference="pi_3", at=day(102)),
        line(None, -300, 1_500, reference="dp_1", at=day(103)),
    ]


async def compared(
    books: Books, lines: Sequence[BookLine], start: datetime = LONG_AGO, end: datetime = LONG_AFTER
) -> Reconciliation:
    report = await books.school(Provider(lines)).get_school_report("DKK", start, end, reconcile=True)
    assert report.reconciliation is not None
    return report.reconciliation


async def test_both_books_agree(reconciled: tuple[Books, list[BookLine]]) -> None:
    """One line of theirs may be several movements of ours, and be known by their id only."""
    found = await compared(*reconciled)

    assert (found.agrees, found.differences) == (True, [])
    assert found.ledger_net == found.provider_net == 1_910 + 460 + 300 - 1_800


async def test_one_minor_unit_is_a_difference(reconciled: tuple[Books, list[BookLine]]) -> None:
    """Named with the ids and sums of both sides."""
    books, lines = reconciled
    wrong = [replace(lines[0], fee=91, net=1_909), *lines[1:]]
    found = await compared(books, wrong)

    assert not found.agrees
    assert found.provider_net == found.ledger_net - 1
    (sentence,) = found.differences
    for told in (str(lines[0].source_id), "19.10 DKK", "19.09 DKK", "CHARGE", "PROVIDER_FEE", "txn_pi_1"):
        assert told in sentence


async def test_what_only_one_side_has_is_named(reconciled: tuple[Books, list[BookLine]]) -> None:
    """A payment they do not know, and a line of theirs that is about nothing of ours."""
    books, lines = reconciled
    strange = line(None, -700, reference="po_9", at=day(104))
    unknown = line(new_id(), 55, reference="pi_8", at=day(104))
    found = await compared(books, [*lines[1:], strange, unknown])

    assert found.difference_count == 3
    text = "\n".join(found.differences)
    assert f"{lines[0].source_id}: the ledger says 19.10 DKK" in text
    assert "po_9: the provider says -7.00 DKK (txn_po_9 charge); the ledger knows nothing of it" in text
    assert f"{unknown.source_id} (pi_8): the provider says 0.55 DKK" in text


async def test_sums_that_cancel_out_are_differences(reconciled: tuple[Books, list[BookLine]]) -> None:
    """Agreement is of every line, not of the total."""
    books, lines = reconciled
    swapped = [replace(lines[0], net=lines[0].net + 5), replace(lines[1], net=lines[1].net - 5), *lines[2:]]
    found = await compared(books, swapped)

    assert found.ledger_net == found.provider_net
    assert (found.agrees, found.difference_count) == (False, 2)


async def test_what_arrived_after_the_span_is_told_as_such(reconciled: tuple[Books, list[BookLine]]) -> None:
    """A webhook that came a day late is a difference of the span and no missing money."""
    books, lines = reconciled
    early = replace(lines[0], time=day(90))
    found = await compared(books, [early], day(89), day(91) - timedelta(hours=1))

    (sentence,) = found.differences
    assert "the ledger booked 19.10 DKK (" in sentence
    assert "outside this span" in sentence
    assert day(100).date().isoformat() in sentence


async def test_a_school_without_a_provider(pool: Pool) -> None:
    """Has nothing to compare with, and does not say that it agrees."""
    with pytest.raises(FundingNotOffered):
        await Books(pool).school().get_school_report("NOK", LONG_AGO, None, reconcile=True)
