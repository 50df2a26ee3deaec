"""Promising, pausing, resuming and cancelling."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from academe.caller import Role
from academe.errors import InvalidArgument, PageTokenInvalid, RequestIdReused
from academe.money import Money
from academe.services.tip.errors import (
    CurrencyUnknown,
    EducatorNotFound,
    RecurringTipCanceled,
    RecurringTipExists,
    RecurringTipNotFound,
    SelfTip,
)
from academe.services.tip.model import TipVisibility
from academe.services.tip.recurring.model import RecurringTip, RecurringTipState
from tests.integration.tip.recurring.promises import LATEST, MONTH, Promises, recurring_draft
from tests.support.ledger import caller


async def test_a_promise_is_what_was_asked_for(promises: Promises) -> None:
    """Read back it is the same, for its sender and for administrators."""
    sender = caller(promises.people.add())
    draft = recurring_draft(
        promises.educator, 700, interval=MONTH, start_date=date(2026, 3, 31), catch_up=LATEST
    )
    made = await promises.service.create_recurring_tip(sender, draft)

    assert (made.amount, made.interval, made.catch_up) == (Money("EUR", 700), MONTH, LATEST)
    assert made.start_date == made.next_period == date(2026, 3, 31)
    assert made.state is RecurringTipState.ACTIVE
    assert await promises.service.get_recurring_tip(sender, made.recurring_tip_id) == made
    administrator = caller(promises.people.add(), Role.ADMINISTRATOR)
    assert await promises.service.get_recurring_tip(administrator, made.recurring_tip_id) == made


async def test_an_anonymous_promise_to_an_administrator(promises: Promises) -> None:
    """Who runs the school and is tipped does not read there who it is; other administrators do."""
    educator = caller(promises.educator, Role.EDUCATOR, Role.ADMINISTRATOR)
    administrator = caller(promises.people.add(), Role.ADMINISTRATOR)
    senders = [caller(promises.people.add()) for _ in range(2)]
    draft = recurring_draft(promises.educator)
    open_one = await promises.service.create_recurring_tip(senders[0], draft)
    secret = await promises.service.create_recurring_tip(
        senders[1], replace(draft, visibility=TipVisibility.ANONYMOUS)
    )

    assert await promises.service.get_recurring_tip(educator, open_one.recurring_tip_id) == open_one
    with pytest.raises(RecurringTipNotFound):
        await promises.service.get_recurring_tip(educator, secret.recurring_tip_id)
    for reader in (senders[1], administrator):
        assert await promises.service.get_recurring_tip(reader, secret.recurring_tip_id) == secret


async def test_without_a_date_it_starts_today(promises: Promises) -> None:
    """In UTC, whatever the time."""
    made = await promises.promise()

    assert made.start_date == promises.clock.now.date()


async def test_the_same_request_again(promises: Promises) -> None:
    """The first answer as it is by now, even on another day and when the educator is gone."""
    sender = caller(promises.people.add())
    draft = recurring_draft(promises.educator)
    made = await promises.service.create_recurring_tip(sender, draft)
    promises.clock.forward(days=3)
    del promises.people.accounts[promises.educator]

    assert await promises.service.create_recurring_tip(sender, draft) == made
    with pytest.raises(RequestIdReused):
        await promises.service.create_recurring_tip(sender, replace(draft, request_hash=b"\x02" * 32))


async def test_the_same_request_twenty_times_at_once(promises: Promises) -> None:
    """One promise, and everybody is told of it."""
    sender = caller(promises.people.add())
    draft = recurring_draft(promises.educator)
    made = await asyncio.gather(*(promises.service.create_recurring_tip(sender, draft) for _ in range(20)))

    assert len({one.recurring_tip_id for one in made}) == 1


async def test_a_subscription_is_not_duplicated(promises: Promises) -> None:
    """Twenty clicks, each with a request of its own: one promise, and the others are told which."""
    sender = caller(promises.people.add())
    outcomes = await asyncio.gather(
        *(
            promises.service.create_recurring_tip(sender, recurring_draft(promises.educator))
            for _ in range(20)
        ),
        return_exceptions=True,
    )
    made = [one for one in outcomes if isinstance(one, RecurringTip)]
    refused = [one for one in outcomes if isinstance(one, RecurringTipExists)]

    assert (len(made), len(refused)) == (1, 19)
    assert {one.metadata["recurring_tip_id"] for one in refused} == {str(made[0].recurring_tip_id)}


async def test_a_paused_one_is_in_the_way_and_a_canceled_one_is_not(promises: Promises) -> None:
    """A pause may end; a canceled promise is over."""
    first = await promises.promise()
    sender = caller(first.sender_id)
    await promises.service.pause_recurring_tip(sender, first.recurring_tip_id)
    with pytest.raises(RecurringTipExists):
        await promises.service.create_recurring_tip(sender, recurring_draft(promises.educator))
    await promises.service.cancel_recurring_tip(sender, first.recurring_tip_id)

    second = await promises.service.create_recurring_tip(sender, recurring_draft(promises.educator))
    assert second.recurring_tip_id != first.recurring_tip_id


async def test_what_cannot_be_promised(promises: Promises) -> None:
    """To oneself, to nobody, in no currency, nothing, or in the past."""
    sender = caller(promises.people.add(Role.EDUCATOR))
    good = recurring_draft(promises.educator)
    for error, bad in (
        (SelfTip, replace(good, educator_id=sender.user_id)),
        (EducatorNotFound, replace(good, educator_id=uuid4())),
        (EducatorNotFound, replace(good, educator_id=promises.people.add())),
        (CurrencyUnknown, replace(good, amount=Money("XXX", 500))),
        (InvalidArgument, replace(good, amount=Money("EUR", 0))),
        (InvalidArgument, replace(good, message="a\0b")),
        (InvalidArgument, replace(good, start_date=date(2026, 3, 2))),
        (InvalidArgument, replace(good, start_date=date(9999, 12, 31))),
    ):
        with pytest.raises(error):
            await promises.service.create_recurring_tip(sender, bad)
    listed = await promises.service.list_recurring_tips(sender, page_size=10, page_token="")

    assert listed.rows == []


async def test_somebody_elses(promises: Promises) -> None:
    """A stranger, and the educator too, neither see a promise nor change it."""
    made = await promises.promise()
    for stranger in (caller(promises.people.add()), caller(promises.educator, Role.EDUCATOR)):
        for call in (
            promises.service.get_recurring_tip,
            promises.service.pause_recurring_tip,
            promises.service.resume_recurring_tip,
            promises.service.cancel_recurring_tip,
        ):
            with pytest.raises(RecurringTipNotFound):
                await call(stranger, made.recurring_tip_id)

    assert await promises.again(made) == made


async def test_one_page_after_another(promises: Promises) -> None:
    """Newest first, each once; the token is for this list only."""
    sender = caller(promises.people.add())
    made = [
        await promises.service.create_recurring_tip(
            sender, recurring_draft(promises.people.add(Role.EDUCATOR))
        )
        for _ in range(5)
    ]
    first = await promises.service.list_recurring_tips(sender, page_size=3, page_token="")
    rest = await promises.service.list_recurring_tips(sender, page_size=3, page_token=first.next_page_token)

    newest_first = sorted(made, key=lambda one: one.recurring_tip_id, reverse=True)
    assert [*first.rows, *rest.rows] == newest_first
    assert rest.next_page_token == ""
    with pytest.raises(PageTokenInvalid):
        await promises.service.list_recurring_tips(
            caller(promises.educator), page_size=3, page_token=first.next_page_token
        )


async def test_paused_twice_resumed_twice_canceled_twice(promises: Promises) -> None:
    """The same answer each time; after the end there is no way back."""
    made = await promises.promise()
    sender, service = caller(made.sender_id), promises.service
    for call, state in (
        (service.pause_recurring_tip, RecurringTipState.PAUSED),
        (service.resume_recurring_tip, RecurringTipState.ACTIVE),
        (service.cancel_recurring_tip, RecurringTipState.CANCELED),
    ):
        once = await call(sender, made.recurring_tip_id)
        promises.clock.forward(hours=1)
        assert once.state is state
        assert await call(sender, made.recurring_tip_id) == once
    with pytest.raises(RecurringTipCanceled):
        await service.resume_recurring_tip(sender, made.recurring_tip_id)
    with pytest.raises(RecurringTipCanceled):
        await service.pause_recurring_tip(sender, made.recurring_tip_id)
