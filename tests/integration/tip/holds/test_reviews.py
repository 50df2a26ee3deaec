"""A tip in review is let go, or given back, by an administrator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from academe.caller import Role
from academe.errors import PageTokenInvalid
from academe.services.tip.errors import NotYourTip, TipCoolingDown, TipNotFound, TipNotHeld
from academe.services.tip.model import Tip, TipState
from tests.integration.tip.holds.held import Held
from tests.support.ledger import faults


async def test_let_go_once_it_has_cooled_down(held: Held) -> None:
    """Too early, it says how long to wait; then the educator has it, and asking again answers the same."""
    tip = await held.review(20_000)
    held.clock.forward(minutes=4, seconds=30)
    with pytest.raises(TipCoolingDown) as early:
        await held.service.review_tip(held.administrator, tip.tip_id, approve=True)
    held.clock.forward(seconds=30)
    approved = await held.service.review_tip(held.administrator, tip.tip_id, approve=True)

    assert tip.state is TipState.IN_REVIEW
    assert early.value.retry_after_seconds == 30
    assert approved.state is TipState.GIVEN
    assert await held.service.review_tip(held.administrator, tip.tip_id, approve=True) == approved
    assert await held.educator_has() == (18_000, 0)
    assert await faults(held.pool) == []


async def test_given_back_at_any_time(held: Held) -> None:
    """What looks stolen need not cool down."""
    tip = await held.review(20_000)
    denied = await held.service.review_tip(held.administrator, tip.tip_id, approve=False)

    assert denied.state is TipState.VOIDED
    assert await held.service.review_tip(held.administrator, tip.tip_id, approve=False) == denied
    assert await held.sender_has() == (20_000, 0)
    with pytest.raises(TipNotHeld) as refused:
        await held.service.review_tip(held.administrator, tip.tip_id, approve=True)
    assert refused.value.metadata["state"] == "VOIDED"


async def test_its_sides_do_not_decide_it(held: Held) -> None:
    """Neither captures nor voids it while it is looked at."""
    tip = await held.review()
    attempts: list[Callable[[], object]] = [
        lambda: held.service.capture_tip(held.sender, tip.tip_id),
        lambda: held.service.void_tip(held.sender, tip.tip_id),
        lambda: held.service.void_tip(held.educator, tip.tip_id),
    ]
    for attempt in attempts:
        with pytest.raises(TipNotHeld) as refused:
            await attempt()  # type: ignore[misc]
        assert refused.value.metadata["state"] == "IN_REVIEW"


async def test_nobody_decides_about_a_tip_of_their_own(held: Held) -> None:
    """Neither its sender nor its educator, whichever way, though both run the school."""
    tip = await held.review(20_000)
    held.clock.forward(minutes=10)
    for side in (held.sender, held.educator):
        themselves = replace(side, roles=side.roles | {Role.ADMINISTRATOR})
        for approve in (True, False):
            with pytest.raises(NotYourTip):
                await held.service.review_tip(themselves, tip.tip_id, approve=approve)

    assert await held.sender_has() == (0, 20_000)
    approved = await held.service.review_tip(held.administrator, tip.tip_id, approve=True)
    assert approved.state is TipState.GIVEN


async def test_a_hold_is_not_reviewed(held: Held) -> None:
    """It is its sender's to decide; and what does not exist is nobody's."""
    tip = await held.hold()
    held.clock.forward(minutes=10)
    for approve in (True, False):
        with pytest.raises(TipNotHeld):
            await held.service.review_tip(held.administrator, tip.tip_id, approve=approve)
        with pytest.raises(TipNotFound):
            await held.service.review_tip(held.administrator, uuid4(), approve=approve)

    assert await held.sender_has() == (0, 500)


async def test_approved_and_denied_at_once(held: Held) -> None:
    """Several administrators: one decision."""
    tip = await held.review()
    held.clock.forward(minutes=5)
    outcomes = await asyncio.gather(
        *(held.service.review_tip(held.administrator, tip.tip_id, approve=bool(n % 2)) for n in range(20)),
        return_exceptions=True,
    )

    assert len([one for one in outcomes if isinstance(one, Tip)]) == 10
    assert len([one for one in outcomes if isinstance(one, TipNotHeld)]) == 10
    assert await faults(held.pool) == []


async def test_what_waits(held: Held) -> None:
    """Oldest first, page by page, without what is decided meanwhile; the token is for this list only."""
    for tip_id in await _waiting(held):  # of other tests
        await held.service.review_tip(held.administrator, tip_id, approve=False)
    tips = sorted([(await held.review()).tip_id for _ in range(5)])
    first = await held.service.list_reviews(held.administrator, page_size=2, page_token="")
    await held.service.review_tip(held.administrator, tips[2], approve=False)
    rest = await held.service.list_reviews(held.administrator, page_size=10, page_token=first.next_page_token)

    assert [tip.tip_id for tip in first.rows] == tips[:2]
    assert [tip.tip_id for tip in rest.rows] == tips[3:]
    assert {tip.state for tip in (*first.rows, *rest.rows)} == {TipState.IN_REVIEW}
    assert first.rows[0].sender_id == held.sender.user_id
    with pytest.raises(PageTokenInvalid):
        await held.service.list_reviews(held.administrator, page_size=2, page_token="nonsense")


async def _waiting(held: Held) -> list[UUID]:
    page = await held.service.list_reviews(held.administrator, page_size=100, page_token="")
    return [tip.tip_id for tip in page.rows]
