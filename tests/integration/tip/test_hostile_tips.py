"""Ways around the rules of giving, each of which is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from academe.api.tip.v1 import statement_pb2, tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.school import Person, School


def hold_for(educator: Person, **fields: object) -> pb.HoldTipRequest:
    fields = {
        "request_id": str(uuid4()),
        "amount": Money(currency_code="EUR", minor_units=500),
        **fields,
    }
    return pb.HoldTipRequest(educator_id=educator.user_id, **fields)


@pytest.fixture(scope="module")
async def careful(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    """A school that looks at large tips."""
    opened = School(
        database, tmp_path_factory.mktemp("careful"), tip_review_above=1_000, tip_cooling_seconds=0
    )
    await opened.start()
    yield opened
    await opened.stop()


async def test_a_large_hold_is_looked_at_like_a_large_tip(careful: School) -> None:
    """Holding and capturing is no way around the review."""
    learner, educator = await careful.learner(), await careful.educator()
    large = hold_for(educator, amount=Money(currency_code="EUR", minor_units=1_001))
    held = (await learner.tips.HoldTip(large)).tip
    small = (await learner.tips.HoldTip(hold_for(educator))).tip

    assert (held.state, small.state) == (tip_pb2.TIP_STATE_IN_REVIEW, tip_pb2.TIP_STATE_HELD)
    with expect_error("TIP_NOT_HELD"):
        await learner.tips.CaptureTip(pb.CaptureTipRequest(tip_id=held.tip_id))


async def test_a_hold_is_no_answer_to_a_tip(school: School) -> None:
    """One request_id for both is a reuse: a client must not believe that a held tip was given."""
    learner, educator = await school.learner(), await school.educator()
    hold = hold_for(educator)
    await learner.tips.HoldTip(hold)

    with expect_error("REQUEST_ID_REUSED"):
        await learner.tips.SendTip(tip_for(educator.user_id, request_id=hold.request_id))


@pytest.mark.parametrize("seconds", [253_402_300_800, -62_135_596_801, 1])
async def test_an_expiry_that_is_no_time_to_come(school: School, seconds: int) -> None:
    """Beyond the calendar, or long ago: the field is named."""
    learner, educator = await school.learner(), await school.educator()

    with expect_error("FIELD_INVALID"):
        await learner.tips.HoldTip(hold_for(educator, expire_time=Timestamp(seconds=seconds)))


async def test_one_batch_at_a_time(school: School) -> None:
    """Whoever sends batches all at once waits for themselves, and nobody else does."""
    learner, educator = await school.learner(), await school.educator()

    def batch() -> pb.BatchSendTipsRequest:
        return pb.BatchSendTipsRequest(
            tips=[
                tip_pb2.TipDraft(
                    request_id=str(uuid4()),
                    educator_id=educator.user_id,
                    amount=Money(currency_code="EUR", minor_units=1),
                )
                for _ in range(300)
            ]
        )

    replies = await asyncio.gather(
        *(learner.tips.BatchSendTips(batch()) for _ in range(6)), return_exceptions=True
    )
    taken = [reply for reply in replies if not isinstance(reply, BaseException)]
    balances = (await educator.tips.GetBalance(pb.GetBalanceRequest())).balances

    assert 1 <= len(taken) < 6
    assert [money.minor_units for money in balances] == [300 * len(taken)]


async def test_what_was_sent_answers_a_batch_after_it_became_impossible(school: School) -> None:
    """A faulty draft under a request that made a tip is a repeat or a reuse; another one is refused."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)
    await learner.tips.SendTip(request)
    faulty = [
        tip_pb2.TipDraft(request_id=request_id, educator_id=learner.user_id, amount=request.amount)
        for request_id in (request.request_id, str(uuid4()))
    ]
    results = (await learner.tips.BatchSendTips(pb.BatchSendTipsRequest(tips=faulty))).results

    assert [result.error_reason for result in results] == ["REQUEST_ID_REUSED", "SELF_TIP"]


async def test_a_reason_that_cannot_be_stored(school: School) -> None:
    """The field is named, and nothing is refunded."""
    learner, educator = await school.learner(), await school.educator()
    tip = (await learner.tips.SendTip(tip_for(educator.user_id))).tip

    with expect_error("FIELD_INVALID"):
        await educator.tips.RefundTip(
            pb.RefundTipRequest(request_id=str(uuid4()), tip_id=tip.tip_id, reason="a\0b")
        )
    assert not (await educator.tips.GetTip(pb.GetTipRequest(tip_id=tip.tip_id))).HasField("refunded")


async def test_the_lines_of_a_batch_are_in_its_order(school: School) -> None:
    """As if each tip had been sent by itself, one after the other."""
    learner, educator = await school.learner(), await school.educator()
    amounts = [1, 2, 3, 4, 5, 6, 7, 8]
    drafts = [
        tip_pb2.TipDraft(
            request_id=str(uuid4()),
            educator_id=educator.user_id,
            amount=Money(currency_code="EUR", minor_units=amount),
        )
        for amount in amounts
    ]
    await learner.tips.BatchSendTips(pb.BatchSendTipsRequest(tips=drafts))
    statement = await educator.tips.GetStatement(
        pb.GetStatementRequest(
            account=statement_pb2.ACCOUNT_KIND_EDUCATOR,
            currency_code="EUR",
            start_time=Timestamp(seconds=0),
        )
    )

    assert [line.amount.minor_units for line in statement.lines] == amounts
