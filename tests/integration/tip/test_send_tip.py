"""SendTip: money from whoever is signed in to an educator, once for each request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import grpc
import pytest

from academe.api.rpc.v1 import options_pb2
from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from academe.api.user.v1 import user_service_pb2
from academe.db.pool import Pool
from academe.errors import InvalidArgument, TokenMissing
from academe.ids import new_id
from academe.services.tip.errors import CurrencyUnknown, EducatorNotFound, SelfTip
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.ledger import faults
from tests.support.school import Person, School


async def count_of(pool: Pool, sender_id: str) -> int:
    count: int = await pool.fetchval(
        "select count(*) from tip.tip where sender_id = $1::text::uuid", sender_id
    )
    return count


async def test_a_learner_tips_an_educator(school: School, pool: Pool) -> None:
    """Everything that was given comes back, with an id and a time."""
    learner, educator = await school.learner(), await school.educator()
    course, lesson = str(new_id()), str(new_id())
    request = tip_for(
        educator.user_id,
        message="Thank you for the chapter on loops ❤",
        visibility=tip_pb2.TIP_VISIBILITY_PUBLIC,
        hide_amount=True,
        context=tip_pb2.TipContext(course_id=course, lesson_id=lesson),
    )

    sent = await learner.tips.SendTip(request)

    assert not sent.replayed
    assert sent.tip.tip_id[14] == "7"
    assert sent.tip.HasField("create_time")
    assert sent.tip == tip_pb2.Tip(
        tip_id=sent.tip.tip_id,
        sender_id=learner.user_id,
        educator_id=educator.user_id,
        amount=Money(currency_code="EUR", minor_units=500),
        message="Thank you for the chapter on loops ❤",
        visibility=tip_pb2.TIP_VISIBILITY_PUBLIC,
        hide_amount=True,
        context=tip_pb2.TipContext(course_id=course, lesson_id=lesson),
        create_time=sent.tip.create_time,
        state=tip_pb2.TIP_STATE_GIVEN,
        funding=tip_pb2.TIP_FUNDING_WALLET,
    )
    assert await faults(pool) == []


async def test_a_visibility_that_is_not_said_is_private(school: School) -> None:
    """Nobody is put on show without asking for it."""
    learner, educator = await school.learner(), await school.educator()

    sent = await learner.tips.SendTip(tip_for(educator.user_id))

    assert sent.tip.visibility == tip_pb2.TIP_VISIBILITY_PRIVATE


async def test_the_same_request_again_is_answered_with_the_first_tip(school: School, pool: Pool) -> None:
    """A client that got no answer repeats itself and pays once."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)

    first, again = await learner.tips.SendTip(request), await learner.tips.SendTip(request)

    assert again == pb.SendTipResponse(tip=first.tip, replayed=True)
    assert await count_of(pool, learner.user_id) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Money(currency_code="EUR", minor_units=501)},
        {"amount": Money(currency_code="USD", minor_units=500)},
        {"message": "more"},
        {"hide_amount": True},
        {"visibility": tip_pb2.TIP_VISIBILITY_ANONYMOUS},
        {"context": tip_pb2.TipContext(course_id=str(new_id()))},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_the_same_request_id_with_other_content_is_refused(
    school: School, pool: Pool, change: dict[str, Any]
) -> None:
    """Whatever differs: an answer with the first tip would hide that this one was not sent."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)
    await learner.tips.SendTip(request)
    other = tip_for(educator.user_id, request_id=request.request_id, **change)

    with expect_error("REQUEST_ID_REUSED"):
        await learner.tips.SendTip(other)
    assert await count_of(pool, learner.user_id) == 1


async def test_two_hundred_at_once_with_one_request_id(school: School, pool: Pool) -> None:
    """Over four connections: one tip; everybody is told the same, and exactly one of them that it was new."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)
    async with AsyncExitStack() as connections:
        senders = [
            await connections.enter_async_context(another_connection(school, learner)) for _ in range(4)
        ]
        replies = await asyncio.gather(
            *(sender.tips.SendTip(request) for sender in senders for _ in range(50))
        )

    assert {reply.tip.SerializeToString() for reply in replies} == {replies[0].tip.SerializeToString()}
    assert [reply.replayed for reply in replies].count(False) == 1
    assert await count_of(pool, learner.user_id) == 1
    assert await faults(pool) == []


@asynccontextmanager
async def another_connection(school: School, person: Person) -> AsyncIterator[Person]:
    """The same person at another client."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.insecure_channel(school.app.grpc_address, options) as channel:
        yield Person(channel, person.user_id, person.username, person.tokens)


async def test_a_repeat_after_a_restart_of_the_server(school: School, database: str) -> None:
    """Another process answers as the first one did."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id, message="from before")
    first = await learner.tips.SendTip(request)
    restarted = School(database, school.settings.data_dir)
    await restarted.start()
    try:
        again = await (await restarted.sign_in(learner.username)).tips.SendTip(request)
    finally:
        await restarted.stop()

    assert again == pb.SendTipResponse(tip=first.tip, replayed=True)


async def test_a_repeat_after_the_educator_stopped_teaching(school: School) -> None:
    """What was done is answered, though it could not be done now; a new tip is refused."""
    learner, educator = await school.learner(), await school.educator()
    administrator = await school.administrator()
    request = tip_for(educator.user_id)
    first = await learner.tips.SendTip(request)
    update = user_service_pb2.UpdateUserRequest(
        user=user_service_pb2.User(user_id=educator.user_id, roles=[options_pb2.ROLE_LEARNER])
    )
    update.update_mask.paths.append("roles")
    await administrator.users.UpdateUser(update)

    assert await learner.tips.SendTip(request) == pb.SendTipResponse(tip=first.tip, replayed=True)
    with expect_error("REQUEST_ID_REUSED"):
        await learner.tips.SendTip(
            tip_for(educator.user_id, request_id=request.request_id, message="something else")
        )
    with expect_error(EducatorNotFound):
        await learner.tips.SendTip(tip_for(educator.user_id))


async def test_nobody_tips_themselves(school: School) -> None:
    """An educator's own account is no exception."""
    educator = await school.educator()

    with expect_error(SelfTip):
        await educator.tips.SendTip(tip_for(educator.user_id))


async def test_educators_tip_each_other(school: School) -> None:
    """Anybody who is signed in may give."""
    one, other = await school.educator(), await school.educator()

    assert (await one.tips.SendTip(tip_for(other.user_id))).tip.sender_id == one.user_id


async def test_an_educator_who_does_not_exist(school: School) -> None:
    """The id is told back, so that a client can say which of many failed."""
    learner, nobody = await school.learner(), str(new_id())

    with expect_error(EducatorNotFound) as refusal:
        await learner.tips.SendTip(tip_for(nobody))
    assert refusal.error is not None
    assert refusal.error.metadata == {"educator_id": nobody}


async def test_somebody_who_does_not_teach(school: School) -> None:
    """A learner's account answers like one that does not exist."""
    learner, other = await school.learner(), await school.learner()

    with expect_error(EducatorNotFound):
        await learner.tips.SendTip(tip_for(other.user_id))


@pytest.mark.parametrize("code", ["XXZ", "BGN", "XAU", "XTS"])
async def test_a_currency_that_nobody_can_be_paid_in(school: School, code: str) -> None:
    """Never existed, withdrawn, a metal, for tests only."""
    learner, educator = await school.learner(), await school.educator()

    with expect_error(CurrencyUnknown) as refusal:
        await learner.tips.SendTip(tip_for(educator.user_id, amount=Money(currency_code=code, minor_units=1)))
    assert refusal.error is not None
    assert refusal.error.metadata == {"currency_code": code}


@pytest.mark.parametrize("amount", [1, 10**12])
async def test_the_smallest_and_the_largest_amount(school: School, amount: int) -> None:
    """One minor unit, and a million millions of them."""
    learner, educator = await school.learner(), await school.educator()
    await school.fund(learner, "KWD")
    money = Money(currency_code="KWD", minor_units=amount)

    assert (await learner.tips.SendTip(tip_for(educator.user_id, amount=money))).tip.amount == money


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("amount.minor_units", {"amount": Money(currency_code="EUR", minor_units=0)}),
        ("amount.minor_units", {"amount": Money(currency_code="EUR", minor_units=-5)}),
        ("amount.minor_units", {"amount": Money(currency_code="EUR", minor_units=10**12 + 1)}),
        ("amount", {"amount": None}),
        ("amount.currency_code", {"amount": Money(currency_code="eur", minor_units=5)}),
        ("request_id", {"request_id": ""}),
        ("request_id", {"request_id": "today"}),
        ("message", {"message": "x" * 501}),
        ("message", {"message": "a\0b"}),
        ("visibility", {"visibility": 9}),
        ("context.course_id", {"context": tip_pb2.TipContext(course_id="loops")}),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named(
    school: School, pool: Pool, field: str, fields: dict[str, Any]
) -> None:
    """Nothing is written, and the client is told which field to mend."""
    learner, educator = await school.learner(), await school.educator()

    with expect_error(InvalidArgument) as refusal:
        await learner.tips.SendTip(tip_for(educator.user_id, **fields))
    assert refusal.error is not None
    assert [violation.field for violation in refusal.error.violations] == [field]
    assert await count_of(pool, learner.user_id) == 0


async def test_a_call_that_is_cancelled_leaves_no_half_tip(school: School, pool: Pool) -> None:
    """The caller hangs up; the tip is there whole or not at all, and the repeat settles it."""
    learner, educator = await school.learner(), await school.educator()
    requests = [tip_for(educator.user_id) for _ in range(40)]
    calls = [learner.tips.SendTip(request) for request in requests]
    await calls[0]
    for call in calls:
        call.cancel()
    await asyncio.gather(*(call.code() for call in calls))

    replies = await asyncio.gather(*(learner.tips.SendTip(request) for request in requests))

    assert len({reply.tip.tip_id for reply in replies}) == 40
    assert replies[0].replayed
    assert await count_of(pool, learner.user_id) == 40
    assert await faults(pool) == []


async def test_a_deadline_that_passes_is_no_reason_to_pay_twice(school: School, pool: Pool) -> None:
    """The client does not know whether the tip was made; repeating the request is always right."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id)
    calls = [learner.tips.SendTip(request, timeout=milliseconds / 1000) for milliseconds in range(10)]
    codes = {await call.code() for call in calls}

    await learner.tips.SendTip(request)

    assert codes <= {grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert await count_of(pool, learner.user_id) == 1


async def test_nobody_gives_without_signing_in(school: School) -> None:
    """There would be nobody to thank."""
    with expect_error(TokenMissing):
        await school.anonymous.tips.SendTip(tip_for(str(new_id())))
