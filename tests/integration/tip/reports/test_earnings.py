"""What an educator earned in a year."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from lxml import etree

from academe.caller import Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.tip.errors import StatementTooLong
from academe.services.tip.reports import service as report_service
from academe.services.tip.reports.model import Earnings, EarningsLine
from academe.services.tip.statements.model import DocumentFormat
from tests.integration.tip.statements.books import ANONYMOUS, PRIVATE, Books, content_of, day
from tests.support.ledger import balances_of, caller
from tests.support.ledger_rows import DEBT_REPAID, DISPUTE_WON, PAYOUT, insert_movement

CSV, PDF, SVG = DocumentFormat
COURSE = UUID(int=7)


class Year:
    """One educator's 2025, with everything that can happen."""

    def __init__(self, pool: Pool) -> None:
        self.books = Books(pool)
        people = self.books.people
        self.edda = people.add(Role.EDUCATOR, display_name="Edda")
        self.lea = people.add(display_name="=HYPERLINK(1)")
        self.sam = people.add(display_name="Sam")

    async def happen(self) -> Year:
        books, edda, lea, sam = self.books, self.edda, self.lea, self.sam
        await books.top_up(lea, 100_000, datetime(2024, 1, 1, tzinfo=UTC))
        await books.top_up(sam, 100_000, datetime(2024, 1, 1, tzinfo=UTC))
        # The year before, which a refund of this year is about.
        earlier = await books.tip(lea, edda, 500, datetime(2024, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
        midnight = datetime(2025, 1, 1, tzinfo=UTC)
        await books.tip(lea, edda, 1000, midnight, platform_fee=100, course_id=COURSE)
        await books.refund(earlier, edda, lea, 200, day(20))
        self.secret = await books.tip(sam, edda, 700, day(40), visibility=ANONYMOUS)
        await books.tip(sam, edda, 300, day(41), visibility=PRIVATE, course_id=COURSE)
        await insert_movement(
            books.pool, PAYOUT, from_owner=edda, to_owner=edda, amount=2_200, create_time=day(50)
        )
        # Paid from outside, disputed when nothing is left, won, and disputed again.
        paid = await books.paid_tip(lea, edda, 2_000, 90, day(60), platform_fee=200)
        await insert_movement(
            books.pool, PAYOUT, from_owner=edda, to_owner=edda, amount=1_710, create_time=day(61)
        )
        disputed = await books.dispute(paid, edda, 1_000, day(70), payment_fee=45, debt=955)
        await insert_movement(
            books.pool,
            DISPUTE_WON,
            source_id=disputed,
            tip_id=paid,
            to_owner=edda,
            amount=1_000,
            payment_fee=45,
            create_time=day(80),
        )
        await insert_movement(
            books.pool, DEBT_REPAID, from_owner=edda, to_owner=edda, amount=955, create_time=day(80)
        )
        await books.tip(sam, edda, 60, datetime(2026, 1, 1, tzinfo=UTC))
        return self

    async def earnings(self, year: int = 2025) -> Earnings:
        return await self.books.reports.get_earnings(caller(self.edda, Role.EDUCATOR), year, "EUR")

    async def export(self, form: DocumentFormat, language: str = "en") -> bytes:
        document = await self.books.reports.export_earnings(
            caller(self.edda, Role.EDUCATOR), 2025, "EUR", form=form, language=language
        )
        return await content_of(document)


@pytest.fixture(scope="module")
async def year(pool: Pool) -> Year:
    return await Year(pool).happen()


def cells(line: EarningsLine) -> tuple[int, int, int, int, int]:
    return line.tip_count, line.gross, line.fees, line.refunded, line.net


async def test_each_month_has_what_came_and_went_in_it(year: Year) -> None:
    """A refund counts when it happens; a dispute that became a debt is a loss once, none when it is won."""
    earnings = await year.earnings()

    assert {line.key: cells(line) for line in earnings.months} == {
        "2025-01": (1, 1000, 100, 200, 700),
        "2025-02": (2, 1000, 0, 0, 1000),
        "2025-03": (1, 2000, 290 - 45 + 45, 0, 1710),
    }
    assert cells(earnings.total) == (4, 4000, 390, 200, 3410)


async def test_what_was_kept_is_what_the_accounts_say(year: Year, pool: Pool) -> None:
    """All years' earnings, less payouts, are the balance."""
    kept = [(await year.earnings(each)).total.net for each in (2024, 2025, 2026)]
    held = await balances_of(pool, [year.edda])

    assert sum(kept) - 2_200 - 1_710 == held[year.edda, 2, "EUR"]
    assert held[year.edda, 5, "EUR"] == 0


async def test_courses_and_supporters_add_up_to_the_months(year: Year) -> None:
    """Most first; an anonymous sender is not named, also where they gave openly besides."""
    earnings = await year.earnings()

    assert {line.key: line.net for line in earnings.courses} == {"": 2210, str(COURSE): 1200}
    assert [(line.key, line.net) for line in earnings.supporters] == [
        (str(year.lea), 2410),
        ("", 700),
        (str(year.sam), 300),
    ]
    for lines in (earnings.courses, earnings.supporters):
        assert sum(line.gross for line in lines) == earnings.total.gross


async def test_summing_in_parts_gives_the_same(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many entries one statement adds up."""
    whole = await year.earnings()
    for size in (1, 2, 3):
        monkeypatch.setattr(report_service, "SUM_LINES", size)
        assert await year.earnings() == whole


async def test_the_csv_has_every_tip_and_no_formula(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of time, adding up to the report; a name that is a formula is disarmed."""
    monkeypatch.setattr(report_service, "READ_LINES", 2)
    content = await year.export(CSV)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))

    assert [row["kind"] for row in rows] == [
        "TIP",
        "REFUND",
        "TIP",
        "TIP",
        "CHARGE",
        "DISPUTE",
        "DISPUTE_WON",
    ]
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    assert sum(int(row["net_minor_units"]) for row in rows) == (await year.earnings()).total.net
    assert {row["supporter"] for row in rows} == {"'=HYPERLINK(1)", "Sam", ""}
    secret = next(row for row in rows if row["tip_id"] == str(year.secret))
    assert (secret["supporter_id"], secret["supporter"]) == ("", "")


async def test_an_anonymous_sender_is_in_no_document(pool: Pool) -> None:
    """Neither their id nor their name, in any form."""
    books = Books(pool)
    edda, lea = books.people.add(Role.EDUCATOR), books.people.add(display_name="Leonora")
    await books.top_up(lea, 1000, day(1))
    await books.tip(lea, edda, 1000, day(2), visibility=ANONYMOUS)

    for form in (CSV, SVG):
        document = await books.reports.export_earnings(
            caller(edda, Role.EDUCATOR), 2025, "EUR", form=form, language="en"
        )
        content = await content_of(document)
        assert str(lea).encode() not in content
        assert b"Leonora" not in content
    earnings = await books.reports.get_earnings(caller(edda, Role.EDUCATOR), 2025, "EUR")
    assert [line.key for line in earnings.supporters] == [""]


async def test_the_picture_says_what_it_shows(year: Year) -> None:
    """Well-formed, with a title, every month in the description, and bars in proportion."""
    picture = etree.fromstring(await year.export(SVG, "de"))
    space = "{http://www.w3.org/2000/svg}"
    title, description = picture.find(f"{space}title"), picture.find(f"{space}desc")
    bars = picture.findall(f"{space}rect")[1:]

    assert title is not None
    assert title.text == "Einnahmen 2025 (EUR)"
    assert description is not None
    assert "März 17,10" in (description.text or "")
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    heights = [int(bar.get("height", "")) for bar in bars]
    assert len(heights) == 12
    assert heights[2] > heights[1] > heights[0] > heights[3] == 0
    assert abs(heights[2] * 1000 - heights[1] * 1710) <= 1710


async def test_a_year_is_printed_in_each_language(year: Year) -> None:
    """Also one in which nothing happened."""
    for language in ("en", "zh"):
        assert re.match(rb"%PDF-", await year.export(PDF, language))
    nobody = await year.books.reports.export_earnings(
        caller(year.sam, Role.EDUCATOR), 9999, "EUR", form=PDF, language="es"
    )
    assert (await content_of(nobody)).startswith(b"%PDF-")


async def test_too_many_lines_for_a_csv_are_refused(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first byte."""
    monkeypatch.setattr(report_service, "CSV_LINES_MAX", 3)

    with pytest.raises(StatementTooLong):
        await year.export(CSV)


async def test_somebody_who_earned_nothing(pool: Pool) -> None:
    """No lines, and a total of zero."""
    earnings = await Books(pool).reports.get_earnings(caller(new_id(), Role.EDUCATOR), 2025, "EUR")

    assert (earnings.months, earnings.courses, earnings.supporters) == ([], [], [])
    assert cells(earnings.total) == (0, 0, 0, 0, 0)
