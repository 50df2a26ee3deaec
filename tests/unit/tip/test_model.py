"""Who sees what of a tip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academe.caller import Caller, Role
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import Tip, TipVisibility

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
    tip = replace(TIP, visibility=TipVisibility.ANONYMOUS)

    assert tip.seen_by(caller(EDUCATOR, role)) == replace(tip, sender_id=None)


def test_an_administrator_sees_every_tip() -> None:
    """Somebody must be able to look into a complaint."""
    tip = replace(TIP, visibility=TipVisibility.ANONYMOUS)

    assert tip.seen_by(caller(STRANGER, Role.ADMINISTRATOR)) == tip


@pytest.mark.parametrize("visibility", TipVisibility)
def test_a_stranger_sees_nothing(visibility: TipVisibility) -> None:
    """Another educator is a stranger too."""
    assert replace(TIP, visibility=visibility).seen_by(caller(STRANGER, Role.EDUCATOR)) is None
