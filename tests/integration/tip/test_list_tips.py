"""ListTips: what one gave, or what one was given, newest first."""

from __future__ import annotations

import asyncio

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from academe.errors import PageTokenInvalid
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.school import Person, School

SENT, RECEIVED = pb.TIP_DIRECTION_SENT, pb.TIP_DIRECTION_RECEIVED


async def pages(person: Person, direction: pb.TipDirection, size: int) -> list[list[tip_pb2.Tip]]:
    """Every page, by following the tokens."""
    found, token = [], ""
    while True:
        page = await person.tips.ListTips(
            pb.ListTipsRequest(direction=direction, page_size=size, page_token=token)
        )
        found.append(list(page.tips))
        token = page.next_page_token
        if not token:
            return found


async def test_each_side_lists_its_own_tips(school: School) -> None:
    """Newest first; what somebody sent is not what they received."""
    learner, one, other = await school.learner(), await school.educator(), await school.educator()
    first = (await learner.tips.SendTip(tip_for(one.user_id))).tip
    second = (await learner.tips.SendTip(tip_for(other.user_id))).tip
    third = (await one.tips.SendTip(tip_for(other.user_id))).tip

    assert await pages(learner, SENT, 10) == [[second, first]]
    assert await pages(learner, RECEIVED, 10) == [[]]
    assert await pages(one, SENT, 10) == [[third]]
    assert await pages(one, RECEIVED, 10) == [[first]]
    assert await pages(other, RECEIVED, 10) == [[third, second]]


async def test_pages_hold_every_tip_once(school: School) -> None:
    """Seven tips in pages of three, while more are being sent."""
    learner, educator = await school.learner(), await school.educator()
    tips = [
        (
            await learner.tips.SendTip(
                tip_for(educator.user_id, amount=Money(currency_code="JPY", minor_units=n))
            )
        ).tip
        for n in range(1, 8)
    ]
    request = pb.ListTipsRequest(direction=SENT, page_size=3)
    first = await learner.tips.ListTips(request)
    await asyncio.gather(*(learner.tips.SendTip(tip_for(educator.user_id)) for _ in range(3)))
    request.page_token = first.next_page_token
    second = await learner.tips.ListTips(request)
    request.page_token = second.next_page_token
    third = await learner.tips.ListTips(request)

    assert [*first.tips, *second.tips, *third.tips] == tips[::-1]
    assert third.next_page_token == ""
    assert [len(page) for page in await pages(learner, SENT, 3)] == [3, 3, 3, 1]


async def test_an_anonymous_sender_is_not_listed_either(school: School) -> None:
    """The educator's list hides what GetTip hides; the sender's own list does not."""
    learner, educator = await school.learner(), await school.educator()
    await learner.tips.SendTip(tip_for(educator.user_id, visibility=tip_pb2.TIP_VISIBILITY_ANONYMOUS))
    await learner.tips.SendTip(tip_for(educator.user_id, visibility=tip_pb2.TIP_VISIBILITY_PUBLIC))

    received, sent = (await pages(educator, RECEIVED, 10))[0], (await pages(learner, SENT, 10))[0]

    assert [tip.sender_id for tip in received] == [learner.user_id, ""]
    assert [tip.sender_id for tip in sent] == [learner.user_id] * 2


async def test_a_page_token_belongs_to_one_list_of_one_person(school: School) -> None:
    """Used for the other direction, by somebody else, or made up, it is refused."""
    learner, educator = await school.learner(), await school.educator()
    for _ in range(2):
        await learner.tips.SendTip(tip_for(educator.user_id))
    page = await learner.tips.ListTips(pb.ListTipsRequest(direction=SENT, page_size=1))

    for person, direction, token in (
        (learner, RECEIVED, page.next_page_token),
        (educator, SENT, page.next_page_token),
        (learner, SENT, "bm90aGluZw"),
    ):
        with expect_error(PageTokenInvalid):
            await person.tips.ListTips(pb.ListTipsRequest(direction=direction, page_token=token))


async def test_a_direction_must_be_given(school: School) -> None:
    """There is no list of both."""
    learner = await school.learner()

    with expect_error("FIELD_INVALID"):
        await learner.tips.ListTips(pb.ListTipsRequest())
