"""Balances, statements and reports as clients get them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from academe.api.tip.v1 import statement_pb2, tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.errors import InvalidArgument, NotYourAccount, RoleRequired
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.school import Person, School

YEAR = datetime.now(UTC).year
START = Timestamp()
START.FromDatetime(datetime.now(UTC) - timedelta(days=1))
TOO_EARLY = Timestamp(seconds=-(10**15))
EDUCATOR = statement_pb2.ACCOUNT_KIND_EDUCATOR


@pytest.fixture(scope="module")
async def people(school: School) -> tuple[Person, Person]:
    """A learner and an educator whom they tipped thrice: publicly, privately and anonymously."""
    learner, educator = await school.learner("lea"), await school.educator("edda")
    for visibility in (
        tip_pb2.TIP_VISIBILITY_PUBLIC,
        tip_pb2.TIP_VISIBILITY_PRIVATE,
        tip_pb2.TIP_VISIBILITY_ANONYMOUS,
    ):
        await learner.tips.SendTip(tip_for(educator.user_id, visibility=visibility))
    return learner, educator


async def whole(call: Any) -> tuple[str, str, bytes]:
    """Content type, file name and content of a streamed document."""
    chunks = [chunk async for chunk in call]
    return chunks[0].content_type, chunks[0].file_name, b"".join(chunk.content for chunk in chunks)


async def test_a_balance_tells_every_account(people: tuple[Person, Person]) -> None:
    """What was received besides by itself; a moment before the first tip there was nothing."""
    _, educator = people
    now = await educator.tips.GetBalance(pb.GetBalanceRequest())
    before = await educator.tips.GetBalance(pb.GetBalanceRequest(at=START))

    assert [money.minor_units for money in now.balances] == [1500]
    held = {(a.account, a.balance.currency_code): a.balance.minor_units for a in now.accounts}
    assert held[EDUCATOR, "EUR"] == 1500
    assert not before.accounts


async def test_a_statement_over_pages(people: tuple[Person, Person]) -> None:
    """Each line leads to a tip, in which the anonymous sender is unknown."""
    _, educator = people
    request = pb.GetStatementRequest(account=EDUCATOR, currency_code="EUR", start_time=START, page_size=2)
    first = await educator.tips.GetStatement(request)
    request.page_token = first.next_page_token
    second = await educator.tips.GetStatement(request)
    lines = [*first.lines, *second.lines]

    assert [line.balance.minor_units for line in lines] == [500, 1000, 1500]
    assert (first.opening_balance.minor_units, second.closing_balance.minor_units) == (0, 1500)
    assert (first.line_count, second.next_page_token) == (3, "")
    assert all(line.kind == statement_pb2.TRANSACTION_KIND_TIP for line in lines)
    tips = [await educator.tips.GetTip(pb.GetTipRequest(tip_id=line.tip_id)) for line in lines]
    assert [bool(tip.sender_id) for tip in tips] == [True, True, False]


async def test_documents_come_in_chunks(people: tuple[Person, Person]) -> None:
    """CSV, PDF and SVG say what they are."""
    learner, educator = people
    for form, start in (("CSV", b"number,time"), ("PDF", b"%PDF")):
        request = pb.ExportStatementRequest(
            account=EDUCATOR, currency_code="EUR", start_time=START, format=f"DOCUMENT_FORMAT_{form}"
        )
        _, name, content = await whole(educator.tips.ExportStatement(request))
        assert content.startswith(start)
        assert name.endswith(form.lower())
    for form, kind in (
        ("CSV", "text/csv; charset=utf-8"),
        ("PDF", "application/pdf"),
        ("SVG", "image/svg+xml"),
    ):
        earnings = pb.ExportEarningsRequest(year=YEAR, currency_code="EUR", format=f"DOCUMENT_FORMAT_{form}")
        told, _, content = await whole(educator.tips.ExportEarnings(earnings))
        assert told == kind
        if form == "CSV":
            rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
            assert [row["supporter_id"] for row in rows] == [learner.user_id, learner.user_id, ""]


async def test_earnings_and_supporters(school: School, people: tuple[Person, Person]) -> None:
    """The educator sees all of it, anybody who gave publicly."""
    learner, educator = people
    earnings = await educator.tips.GetEarnings(pb.GetEarningsRequest(year=YEAR, currency_code="EUR"))
    top = await school.anonymous.tips.TopSupporters(
        pb.TopSupportersRequest(educator_id=educator.user_id, currency_code="EUR")
    )

    assert (earnings.total.gross.minor_units, earnings.total.tip_count) == (1500, 3)
    assert {line.key for line in earnings.supporters} == {learner.user_id, ""}
    (supporter,) = top.supporters
    assert (supporter.display_name, supporter.amount.minor_units, supporter.tip_count) == ("Lea", 500, 1)


async def test_the_school_report_is_for_administrators(school: School, people: tuple[Person, Person]) -> None:
    """Balances of every kind, which add up to nothing."""
    _, educator = people
    administrator = await school.administrator()
    request = pb.GetSchoolReportRequest(currency_code="EUR", start_time=START)
    report = await administrator.tips.GetSchoolReport(request)

    assert len(report.balances) == 10
    assert sum(account.balance.minor_units for account in report.balances) == 0
    totals = {total.kind: total.amount.minor_units for total in report.totals}
    assert totals[statement_pb2.TRANSACTION_KIND_TIP] == 1500
    assert not report.HasField("reconciliation")
    with expect_error("FUNDING_NOT_OFFERED"):
        await administrator.tips.GetSchoolReport(
            pb.GetSchoolReportRequest(currency_code="EUR", start_time=START, reconcile=True)
        )
    with expect_error(RoleRequired):
        await educator.tips.GetSchoolReport(request)
    with expect_error(NotYourAccount):
        await educator.tips.GetBalance(pb.GetBalanceRequest(school=True))
    with expect_error(NotYourAccount):
        await educator.tips.GetStatement(
            pb.GetStatementRequest(
                account=statement_pb2.ACCOUNT_KIND_CASH, currency_code="EUR", start_time=START
            )
        )


async def test_moments_outside_the_calendar_are_refused(people: tuple[Person, Person]) -> None:
    """By the name of the field, and not as a fault of the server."""
    _, educator = people

    with expect_error(InvalidArgument) as at:
        await educator.tips.GetBalance(pb.GetBalanceRequest(at=TOO_EARLY))
    with expect_error(InvalidArgument) as start:
        await educator.tips.GetStatement(
            pb.GetStatementRequest(account=EDUCATOR, currency_code="EUR", start_time=TOO_EARLY)
        )
    with expect_error(InvalidArgument):
        await educator.tips.GetStatement(pb.GetStatementRequest(account=EDUCATOR, currency_code="EUR"))

    assert "at: " in str(at.error)
    assert "start_time: " in str(start.error)
