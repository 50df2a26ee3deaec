"""What payments move, worked out from balances."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import AccountKind, Funding, Movement, Tip, TipVisibility, TransactionKind
from academe.services.tip.payments.movements import Balances, charge, give_back, repay, take_back, undone

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def tip_of(amount: int, platform_fee: int) -> Tip:
    return Tip(
        tip_id=new_id(),
        sender_id=new_id(),
        educator_id=new_id(),
        amount=Money("EUR", amount),
        message="",
        visibility=TipVisibility.PRIVATE,
        hide_amount=False,
        course_id=None,
        lesson_id=None,
        create_time=NOW,
        funding=Funding.PAYMENT,
        platform_fee=platform_fee,
    )


def share(moved: Movement) -> int:
    return moved.amount.minor_units - moved.platform_fee - moved.payment_fee


@given(
    st.integers(1, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 12_000),
    st.integers(0, 12_000),
    st.lists(st.integers(1, 4_000), max_size=6),
)
def test_sums_are_kept_under_any_fee(
    amount: int, platform_fee: int, fee: int, owed: int, refunds: list[int]
) -> None:
    """A charge and any number of refunds: no part is negative, and each sum is exact to the cent."""
    tip = tip_of(amount, min(platform_fee, amount))
    balances = Balances(tip.educator_id, "EUR", {AccountKind.DEBT: -owed})
    arrived, *rest = charge(tip, fee, NOW, balances)
    repaid = sum(each.amount.minor_units for each in rest if each.kind is TransactionKind.DEBT_REPAID)
    assert share(arrived) == balances.of(AccountKind.EDUCATOR) + repaid >= 0
    assert repaid == min(owed, share(arrived))
    tip = replace(tip, payment_fee=arrived.payment_fee)
    for wanted in refunds:
        back = min(wanted, sum(tip.left))
        if not back:
            break
        before = balances.of(AccountKind.EDUCATOR) + balances.of(AccountKind.DEBT)
        moved = give_back(TransactionKind.REFUND, uuid4(), tip, Money("EUR", back), NOW, balances)
        tip = replace(
            tip,
            refunded=tip.refunded + back,
            refunded_platform_fee=tip.refunded_platform_fee + moved.platform_fee,
            refunded_payment_fee=tip.refunded_payment_fee + moved.payment_fee,
        )

        assert min(tip.left) >= 0
        assert balances.of(AccountKind.EDUCATOR) >= 0
        assert before - balances.of(AccountKind.EDUCATOR) - balances.of(AccountKind.DEBT) == share(moved)


def test_what_was_taken_comes_back_whole() -> None:
    """A dispute that is won, or a refund that fails, undoes itself and the debt that it made."""
    tip = tip_of(1_000, 50)
    balances = Balances(tip.educator_id, "EUR", {AccountKind.EDUCATOR: 300})
    taken = give_back(TransactionKind.DISPUTE, uuid4(), tip, tip.amount, NOW, balances)
    assert (taken.debt, balances.held) == (650, {AccountKind.EDUCATOR: 0, AccountKind.DEBT: -650})
    again, repaid = undone(taken, TransactionKind.DISPUTE_WON, NOW, balances)

    assert (again.amount, again.platform_fee, again.debt) == (tip.amount, 50, 0)
    assert (again.from_kind, again.to_kind, again.to_owner) == (
        AccountKind.PROVIDER,
        AccountKind.EDUCATOR,
        tip.educator_id,
    )
    assert repaid.amount.minor_units == 650
    assert balances.held == {AccountKind.EDUCATOR: 300, AccountKind.DEBT: 0}


def test_a_top_up_that_was_spent_in_part() -> None:
    """The wallet first, the rest as a debt, under two ids that are always the same."""
    balances = Balances(new_id(), "EUR", {AccountKind.WALLET: 300})
    source = uuid4()
    moved = take_back(source, Money("EUR", 1_000), NOW, balances)
    again = take_back(
        source, Money("EUR", 1_000), NOW, Balances(balances.owner_id, "EUR", {AccountKind.WALLET: 300})
    )

    assert [(each.from_kind, each.amount.minor_units) for each in moved] == [
        (AccountKind.WALLET, 300),
        (AccountKind.DEBT, 700),
    ]
    assert moved == again
    assert balances.held == {AccountKind.WALLET: 0, AccountKind.DEBT: -700}


def test_who_owes_nothing_repays_nothing() -> None:
    """Nor does who has nothing."""
    assert repay(Balances(new_id(), "EUR", {AccountKind.EDUCATOR: 5}), AccountKind.EDUCATOR, NOW) == []
    assert repay(Balances(new_id(), "EUR", {AccountKind.DEBT: -5}), AccountKind.EDUCATOR, NOW) == []
