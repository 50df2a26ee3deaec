"""A held tip is captured or voided, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from academe.services.tip.errors import NotYourTip, TipNotFound, TipNotHeld
from academe.services.tip.model import Tip, TipState, TipVisibility
from tests.integration.tip.holds.held import Held, hold_draft
from tests.support.ledger import caller, draft, faults, fill_wallets


async def test_captured(held: Held) -> None:
    """The educator gets it less the fee; capturing again answers the same and moves nothing."""
    tip = await held.hold(500)
    aside = await held.sender_has()
    captured = await held.service.capture_tip(held.sender, tip.tip_id)
    again = await held.service.capture_tip(held.sender, tip.tip_id)

    assert tip.state is TipState.HELD
    assert aside == (0, 500)
    assert captured.state is TipState.GIVEN
    assert again == captured
    assert await held.sender_has() == (0, 0)
    assert await held.educator_has() == (450, 0)
    assert held.announced == [(held.educator.user_id, tip.tip_id)]
    assert await faults(held.pool) == []


@pytest.mark.parametrize("by_educator", [False, True], ids=["its sender", "its educator"])
async def test_voided(held: Held, by_educator: bool) -> None:
    """Both sides may; the sender has it all back."""
    tip = await held.hold(500)
    who = held.educator if by_educator else held.sender
    voided = await held.service.void_tip(who, tip.tip_id)

    assert voided.state is TipState.VOIDED
    assert await held.service.void_tip(who, tip.tip_id) == voided
    assert await held.sender_has() == (500, 0)
    assert await held.educator_has() == (0, 0)
    assert await faults(held.pool) == []


async def test_the_other_decision_afterwards(held: Held) -> None:
    """It is refused with the state that the tip has."""
    captured, voided = await held.hold(), await held.hold()
    await held.service.capture_tip(held.sender, captured.tip_id)
    await held.service.void_tip(held.sender, voided.tip_id)

    with pytest.raises(TipNotHeld) as refused:
        await held.service.void_tip(held.sender, captured.tip_id)
    assert refused.value.metadata["state"] == "GIVEN"
    with pytest.raises(TipNotHeld) as refused:
        await held.service.capture_tip(held.sender, voided.tip_id)
    assert refused.value.metadata["state"] == "VOIDED"


async def test_a_tip_that_was_never_held(held: Held) -> None:
    """It is given, but there was nothing to capture."""
    await fill_wallets(held.pool, [held.sender.user_id], 500)
    tip = (await held.tips.send_tip(held.sender, draft(held.educator.user_id))).tip

    for decide in (held.service.capture_tip, held.service.void_tip):
        with pytest.raises(TipNotHeld):
            await decide(held.sender, tip.tip_id)


async def test_who_may_not(held: Held) -> None:
    """Only the sender captures, only the two sides void; to others the tip does not exist."""
    tip = await held.hold()
    stranger = caller(held.people.add())
    for who, decide in (
        (held.administrator, held.service.capture_tip),
        (stranger, held.service.capture_tip),
        (held.administrator, held.service.void_tip),
        (stranger, held.service.void_tip),
    ):
        with pytest.raises(TipNotFound):
            await decide(who, tip.tip_id)
    with pytest.raises(TipNotFound):
        await held.service.capture_tip(held.sender, uuid4())
    with pytest.raises(NotYourTip):
        await held.service.capture_tip(held.educator, tip.tip_id)

    assert await held.sender_has() == (0, 500)


async def test_an_educator_voids_without_learning_who_it_was(held: Held) -> None:
    """An anonymous sender stays unknown."""
    await fill_wallets(held.pool, [held.sender.user_id], 500)
    wish = replace(hold_draft(held.educator.user_id), visibility=TipVisibility.ANONYMOUS)
    tip = (await held.tips.send_tip(held.sender, wish)).tip

    assert (await held.service.void_tip(held.educator, tip.tip_id)).sender_id is None
    assert await held.sender_has() == (500, 0)


async def test_captured_and_voided_by_twenty_at_once(held: Held) -> None:
    """One decision wins; who wanted it is told so, and the others hear what the tip is now."""
    for _ in range(5):
        tip = await held.hold()
        before = len(held.announced)
        outcomes = await asyncio.gather(
            *(
                decide(held.sender, tip.tip_id)
                for _ in range(10)
                for decide in (held.service.capture_tip, held.service.void_tip)
            ),
            return_exceptions=True,
        )
        told = [one for one in outcomes if isinstance(one, Tip)]
        refused = [one for one in outcomes if isinstance(one, TipNotHeld)]
        states = {one.state for one in told}

        assert (len(told), len(refused)) == (10, 10)
        assert states in ({TipState.GIVEN}, {TipState.VOIDED})
        assert {one.metadata["state"] for one in refused} == {state.name for state in states}
        assert len(held.announced) == before + 1
    moved = await held.pool.fetch(
        "select tip_id, count(*) from tip.movement where kind in (4, 5) group by tip_id having count(*) <> 1"
    )
    assert moved == []
    assert await faults(held.pool) == []


async def test_many_holds_of_many_people_at_once(held: Held) -> None:
    """No two of them wait for each other in a circle, and each ends as it was decided."""
    schools = [Held(held.pool) for _ in range(4)]
    tips = [(school, await school.hold(100 + n)) for school in schools for n in range(10)]
    outcomes = await asyncio.gather(
        *(
            (school.service.capture_tip if n % 3 else school.service.void_tip)(school.sender, tip.tip_id)
            for n, (school, tip) in enumerate(tips)
        )
    )

    assert [one.state is TipState.GIVEN for one in outcomes] == [bool(n % 3) for n in range(len(tips))]
    assert await faults(held.pool) == []
