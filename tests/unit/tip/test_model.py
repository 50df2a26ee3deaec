"""Who sees what of a tip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academe.caller import Caller, Role
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import Tip, TipState, TipVisibility

SENDER, EDUCATOR, STRANGER = new_id(), new_id(), new_id()
TIP = Tip(
    tip_id=new_id(),
    sender_id=SENDER,
    educator_id=EDUCATOR,
    amount=Money("EUR", 500),
    message="thank you",
    visibility=TipVisibility.PUBLIC,
    hide_amount=False,
    course_id=None,
    lesson_id=None,
    create_time=datetime(2026, 5, 1, tzinfo=UTC),
)


def caller(user_id: object, *roles: Role) -> Caller:
    assert isinstance(user_id, type(SENDER))
    return Caller(user_id, new_id(), frozenset({Role.LEARNER, *roles}), datetime.now(UTC))


@pytest.mark.parametrize("visibility", TipVisibility)
def test_the_sender_sees_their_tip_whole(visibility: TipVisibility) -> None:
    """Being anonymous to others hides nothing from oneself."""
    tip = replace(TIP, visibility=visibility)

    assert tip.seen_by(caller(SENDER)) == tip


@pytest.mark.parametrize("visibility", [TipVisibility.PUBLIC, TipVisibility.PRIVATE])
def test_the_educator_sees_who_sent_it(visibility: TipVisibility) -> None:
    """Private is about everybody else."""
    tip = replace(TIP, visibility=visibility)

    assert tip.seen_by(caller(EDUCATOR, Role.EDUCATOR)) == tip


@pytest.mark.parametrize("role", [Role.EDUCATOR, Role.ADMINISTRATOR])
def test_an_anonymous_sender_is_hidden_from_the_educator(role: Role) -> None:
    """Even from one who runs the school; nothing else of the tip is hidden."""
    tip = replace(TIP, visibility=TipVisibility.ANONYMOUS, recurring_tip_id=new_id())

    assert tip.seen_by(caller(EDUCATOR, role)) == replace(tip, sender_id=None, recurring_tip_id=None)


@pytest.mark.parametrize("visibility", [TipVisibility.PUBLIC, TipVisibility.PRIVATE])
def test_a_promise_is_hidden_only_with_its_sender(visibility: TipVisibility) -> None:
    """Whose name is known may be known to tip again."""
    tip = replace(TIP, visibility=visibility, recurring_tip_id=new_id())

    assert tip.seen_by(caller(EDUCATOR, Role.EDUCATOR)) == tip


@pytest.mark.parametrize("state", [TipState.PENDING, TipState.FAILED])
@pytest.mark.parametrize("role", [Role.EDUCATOR, Role.ADMINISTRATOR])
def test_a_tip_that_is_not_paid_does_not_exist_for_its_educator(state: TipState, role: Role) -> None:
    """Its sender and an administrator who is no side of it see it all the same."""
    tip = replace(TIP, state=state)

    assert tip.seen_by(caller(EDUCATOR, role)) is None
    assert tip.seen_by(caller(SENDER)) == tip.seen_by(caller(STRANGER, Role.ADMINISTRATOR)) == tip


@pytest.mark.parametrize("state", [TipState.HELD, TipState.IN_REVIEW, TipState.VOIDED])
def test_words_come_with_the_money(state: TipState) -> None:
    """The educator sees that something is held, but not what was written to go with it."""
    tip = replace(TIP, state=state)

    assert tip.seen_by(caller(EDUCATOR, Role.EDUCATOR)) == replace(tip, message="")
    assert tip.seen_by(caller(SENDER)) == tip.seen_by(caller(STRANGER, Role.ADMINISTRATOR)) == tip


@pytest.mark.parametrize("state", [TipState.GIVEN, TipState.REFUNDED])
def test_what_was_given_was_said(state: TipState) -> None:
    """Giving the money back does not unsay it."""
    tip = replace(TIP, state=state)

    assert tip.seen_by(caller(EDUCATOR, Role.EDUCATOR)) == tip


def test_an_administrator_sees_every_tip() -> None:
    """Somebody must be able to look into a complaint."""
    tip = replace(TIP, visibility=TipVisibility.ANONYMOUS)

    assert tip.seen_by(caller(STRANGER, Role.ADMINISTRATOR)) == tip


@pytest.mark.parametrize("visibility", TipVisibility)
def test_a_stranger_sees_nothing(visibility: TipVisibility) -> None:
    """Another educator is a stranger too."""
    assert replace(TIP, visibility=visibility).seen_by(caller(STRANGER, Role.EDUCATOR)) is None
