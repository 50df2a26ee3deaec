"""Recurring tips over the wire."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from academe.api.tip.v1 import recurring_tip_pb2, tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from academe.errors import InvalidArgument
from academe.services.tip.errors import RecurringTipCanceled, RecurringTipExists, RecurringTipNotFound
from tests.support.errors import expect_error
from tests.support.school import Person, School


def promise_to(educator: Person, **fields: Any) -> pb.CreateRecurringTipRequest:
    return pb.CreateRecurringTipRequest(
        **{
            "request_id": str(uuid4()),
            "educator_id": educator.user_id,
            "amount": Money(currency_code="EUR", minor_units=300),
            "message": "every month",
            "interval": recurring_tip_pb2.RECURRENCE_INTERVAL_MONTH,
            **fields,
        }
    )


async def test_a_promise_is_kept(school: School) -> None:
    """Its first period is charged by the job, and the tip and the promise name each other."""
    learner, educator = await school.learner(), await school.educator()
    await school.fund(learner)
    request = promise_to(educator)
    made = await learner.tips.CreateRecurringTip(request)
    again = await learner.tips.CreateRecurringTip(request)
    await school.app.slices.tips.jobs.run_once("tip.recurring")
    kept = await learner.tips.GetRecurringTip(
        pb.GetRecurringTipRequest(recurring_tip_id=made.recurring_tip_id)
    )
    (period,) = kept.recent_periods
    tip = await educator.tips.GetTip(pb.GetTipRequest(tip_id=period.tip_id))
    listed = await learner.tips.ListRecurringTips(pb.ListRecurringTipsRequest())

    assert again == made
    assert made.next_period == made.start_date == period.start_date
    assert kept.next_period > made.next_period
    assert tip.recurring_tip_id == made.recurring_tip_id
    assert (tip.amount, tip.message, tip.visibility) == (
        made.amount,
        "every month",
        tip_pb2.TIP_VISIBILITY_PRIVATE,
    )
    assert list(listed.recurring_tips) == [kept]
    assert school.app.slices.tips.jobs.overdue() == {}


async def test_paused_resumed_and_canceled(school: School) -> None:
    """Each answers with the promise as it is then; canceled is for ever, and makes room for another one."""
    learner, educator = await school.learner(), await school.educator()
    made = await learner.tips.CreateRecurringTip(promise_to(educator, start_date="2031-01-31"))
    which = {"recurring_tip_id": made.recurring_tip_id}
    with expect_error(RecurringTipExists) as refusal:
        await learner.tips.CreateRecurringTip(promise_to(educator))
    paused = await learner.tips.PauseRecurringTip(pb.PauseRecurringTipRequest(**which))
    resumed = await learner.tips.ResumeRecurringTip(pb.ResumeRecurringTipRequest(**which))
    canceled = await learner.tips.CancelRecurringTip(pb.CancelRecurringTipRequest(**which))

    assert refusal.error is not None
    assert refusal.error.metadata == which
    assert paused.state == recurring_tip_pb2.RECURRING_TIP_STATE_PAUSED
    assert resumed == made
    assert canceled.state == recurring_tip_pb2.RECURRING_TIP_STATE_CANCELED
    assert canceled.next_period == ""
    with expect_error(RecurringTipCanceled):
        await learner.tips.ResumeRecurringTip(pb.ResumeRecurringTipRequest(**which))
    await learner.tips.CreateRecurringTip(promise_to(educator, start_date="2031-01-31"))


async def test_what_is_refused(school: School) -> None:
    """A day that is in no calendar or gone by, and a promise of somebody else's."""
    learner, educator, other = await school.learner(), await school.educator(), await school.learner()
    for day in ("2031-02-29", "2020-01-01"):
        with expect_error(InvalidArgument) as refusal:
            await learner.tips.CreateRecurringTip(promise_to(educator, start_date=day))
        assert refusal.error is not None
        assert [violation.field for violation in refusal.error.violations] == ["start_date"]
    made = await learner.tips.CreateRecurringTip(promise_to(educator, start_date="2031-01-31"))

    with expect_error(RecurringTipNotFound):
        await other.tips.GetRecurringTip(pb.GetRecurringTipRequest(recurring_tip_id=made.recurring_tip_id))
