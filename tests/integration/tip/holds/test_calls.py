"""Holds and reviews over the wire."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from academe.errors import RoleRequired
from academe.services.tip.errors import TipCoolingDown, TipNotHeld
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def hold(school: School, learner: Person, educator: Person, **fields: Any) -> tip_pb2.Tip:
    await school.fund(learner)
    request = pb.HoldTipRequest(
        request_id=str(uuid4()),
        educator_id=educator.user_id,
        amount=Money(currency_code="EUR", minor_units=500),
        **fields,
    )
    tip: tip_pb2.Tip = (await learner.tips.HoldTip(request)).tip
    return tip


async def test_held_then_captured_or_voided(school: School) -> None:
    """Each decision answers with the tip, and the other one is refused with its state."""
    learner, educator = await school.learner(), await school.educator()
    one, other = await hold(school, learner, educator), await hold(school, learner, educator)
    captured = await learner.tips.CaptureTip(pb.CaptureTipRequest(tip_id=one.tip_id))
    voided = await educator.tips.VoidTip(pb.VoidTipRequest(tip_id=other.tip_id))

    assert (one.state, other.state) == (tip_pb2.TIP_STATE_HELD, tip_pb2.TIP_STATE_HELD)
    assert (captured.state, voided.state) == (tip_pb2.TIP_STATE_GIVEN, tip_pb2.TIP_STATE_VOIDED)
    with expect_error(TipNotHeld) as refusal:
        await learner.tips.VoidTip(pb.VoidTipRequest(tip_id=one.tip_id))
    assert refusal.error is not None
    assert refusal.error.metadata["state"] == "GIVEN"


async def test_a_tip_in_review(school: School) -> None:
    """An administrator finds it, is told to wait, and gives it back; nobody else sees what waits."""
    learner, educator = await school.learner(), await school.educator()
    administrator = await school.administrator()
    tip = await hold(school, learner, educator)
    await school.app.database.pool.execute(
        "update tip.lifecycle set state = 2, update_time = now() where tip_id = $1", tip.tip_id
    )
    waiting = await administrator.tips.ListReviews(pb.ListReviewsRequest())
    with expect_error(TipCoolingDown) as refusal:
        await administrator.tips.ReviewTip(pb.ReviewTipRequest(tip_id=tip.tip_id, approve=True))
    denied = await administrator.tips.ReviewTip(pb.ReviewTipRequest(tip_id=tip.tip_id))

    assert [one.tip_id for one in waiting.tips] == [tip.tip_id]
    assert refusal.error is not None
    assert 290 < (refusal.error.retry_after_seconds or 0) <= 300
    assert denied.state == tip_pb2.TIP_STATE_VOIDED
    assert list((await administrator.tips.ListReviews(pb.ListReviewsRequest())).tips) == []
    for person in (learner, educator):
        with expect_error(RoleRequired):
            await person.tips.ListReviews(pb.ListReviewsRequest())
        with expect_error(RoleRequired):
            await person.tips.ReviewTip(pb.ReviewTipRequest(tip_id=tip.tip_id))
