"""GetTip: one tip, for those whom it concerns."""

from __future__ import annotations

import pytest

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.ids import new_id
from academe.services.tip.errors import TipNotFound
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.school import Person, School


async def sent_tip(sender: Person, educator: Person, visibility: tip_pb2.TipVisibility) -> tip_pb2.Tip:
    tip: tip_pb2.Tip = (await sender.tips.SendTip(tip_for(educator.user_id, visibility=visibility))).tip
    return tip


async def test_sender_educator_and_administrator_see_the_same(school: School) -> None:
    """Exactly what SendTip answered."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    tip = await sent_tip(learner, educator, tip_pb2.TIP_VISIBILITY_PRIVATE)
    request = pb.GetTipRequest(tip_id=tip.tip_id)

    assert [await person.tips.GetTip(request) for person in (learner, educator, administrator)] == [tip] * 3


async def test_the_educator_does_not_learn_who_sent_an_anonymous_tip(school: School) -> None:
    """The sender's id is empty for the educator, and there for the sender and administrators."""
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    tip = await sent_tip(learner, educator, tip_pb2.TIP_VISIBILITY_ANONYMOUS)
    request = pb.GetTipRequest(tip_id=tip.tip_id)
    hidden = tip_pb2.Tip()
    hidden.CopyFrom(tip)
    hidden.sender_id = ""

    assert await educator.tips.GetTip(request) == hidden
    assert await learner.tips.GetTip(request) == tip
    assert await administrator.tips.GetTip(request) == tip


@pytest.mark.parametrize("visibility", [1, 2, 3])
async def test_to_others_a_tip_does_not_exist(school: School, visibility: tip_pb2.TipVisibility) -> None:
    """Another educator is told the same as about an id that nobody has."""
    learner, educator, other = await school.learner(), await school.educator(), await school.educator()
    tip = await sent_tip(learner, educator, visibility)

    for tip_id in (tip.tip_id, str(new_id())):
        with expect_error(TipNotFound) as refusal:
            await other.tips.GetTip(pb.GetTipRequest(tip_id=tip_id))
        assert refusal.error is not None
        assert refusal.error.metadata == {"tip_id": tip_id}


async def test_an_id_that_is_none(school: School) -> None:
    """Refused before anything is read."""
    learner = await school.learner()

    with expect_error("FIELD_INVALID"):
        await learner.tips.GetTip(pb.GetTipRequest(tip_id="first"))
