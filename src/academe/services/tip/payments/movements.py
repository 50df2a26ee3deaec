"""What payments, refunds and disputes move in the ledger, worked out from balances that the caller holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from academe.ids import new_id
from academe.money import Money, allocate
from academe.services.tip.model import SCHOOL, AccountKind, Funding, Movement, Tip, TransactionKind

OF_DEBT = UUID("4f3c1d52-8a55-4f0b-9a3e-5f8a3b4d6c01")
OF_FEE = UUID("4f3c1d52-8a55-4f0b-9a3e-5f8a3b4d6c02")
"""Namespaces of ids for a second movement that has the same cause."""


@dataclass(slots=True)
class Balances:
    """Locked balances of one person in one currency, kept up with the movements that are about to be made."""

    owner_id: UUID
    currency_code: str
    held: dict[AccountKind, int] = field(default_factory=dict)

    def of(self, kind: AccountKind) -> int:
        return self.held.get(kind, 0)

    def change(self, kind: AccountKind, amount: int) -> None:
        self.held[kind] = self.of(kind) + amount


def charge(tip: Tip, fee: int, now: datetime, balances: Balances) -> list[Movement]:
    """A payment for a tip has arrived: the educator's share, both fees, then debts.

    Of a provider's fee that is larger than what is left of the tip, the school bears the rest.
    """
    amount = tip.amount.minor_units
    borne = min(fee, amount - tip.platform_fee)
    balances.change(AccountKind.EDUCATOR, amount - tip.platform_fee - borne)
    moved = Movement(
        TransactionKind.CHARGE,
        tip.tip_id,
        AccountKind.PROVIDER,
        SCHOOL,
        AccountKind.EDUCATOR,
        tip.educator_id,
        tip.amount,
        now,
        tip_id=tip.tip_id,
        platform_fee=tip.platform_fee,
        payment_fee=borne,
    )
    return [
        moved,
        *provider_fee(tip.tip_id, Money(tip.amount.currency_code, fee), now),
        *repay(balances, AccountKind.EDUCATOR, now),
    ]


def top_up(
    source_id: UUID, amount: Money, from_kind: AccountKind, now: datetime, balances: Balances
) -> list[Movement]:
    """Money comes into a wallet, then debts are repaid from it."""
    balances.change(AccountKind.WALLET, amount.minor_units)
    moved = Movement(
        TransactionKind.TOP_UP,
        source_id,
        from_kind,
        SCHOOL,
        AccountKind.WALLET,
        balances.owner_id,
        amount,
        now,
    )
    return [moved, *repay(balances, AccountKind.WALLET, now)]


def provider_fee(source_id: UUID, fee: Money, now: datetime) -> list[Movement]:
    """What the provider keeps for itself; nothing if it keeps nothing."""
    if not fee.minor_units:
        return []
    return [
        Movement(
            TransactionKind.PROVIDER_FEE,
            source_id,
            AccountKind.PAYMENT_FEE,
            SCHOOL,
            AccountKind.PROVIDER,
            SCHOOL,
            fee,
            now,
        )
    ]


def provider_fee_returned(source_id: UUID, fee: Money, now: datetime) -> list[Movement]:
    return [
        replace(
            moved,
            kind=TransactionKind.PROVIDER_FEE_RETURNED,
            from_kind=AccountKind.PROVIDER,
            to_kind=AccountKind.PAYMENT_FEE,
        )
        for moved in provider_fee(source_id, fee, now)
    ]


def repay(balances: Balances, from_kind: AccountKind, now: datetime) -> list[Movement]:
    """What the person owes, as far as the account holds it.

    Each time is a cause of its own: the balances are locked, so it is never done twice for one debt.
    """
    amount = min(balances.of(from_kind), -balances.of(AccountKind.DEBT))
    if amount <= 0:
        return []
    balances.change(from_kind, -amount)
    balances.change(AccountKind.DEBT, amount)
    owner = balances.owner_id
    money = Money(balances.currency_code, amount)
    kind = TransactionKind.DEBT_REPAID
    return [Movement(kind, new_id(), from_kind, owner, AccountKind.DEBT, owner, money, now)]


def give_back(
    kind: TransactionKind,
    source_id: UUID,
    tip: Tip,
    amount: Money,
    now: datetime,
    balances: Balances,
) -> Movement:
    """A refund or a dispute of a tip, in proportion to what is left of its parts.

    What the educator's balance does not hold becomes their debt. The amount is at most what is left.
    """
    share, platform_fee, payment_fee = allocate(amount.minor_units, tip.left)
    debt = max(share - balances.of(AccountKind.EDUCATOR), 0)
    from_wallet = tip.funding is not Funding.PAYMENT
    balances.change(AccountKind.EDUCATOR, debt - share)
    balances.change(AccountKind.DEBT, -debt)
    return Movement(
        kind,
        source_id,
        AccountKind.EDUCATOR,
        tip.educator_id,
        AccountKind.WALLET if from_wallet else AccountKind.PROVIDER,
        tip.sender_id if from_wallet and tip.sender_id else SCHOOL,
        amount,
        now,
        tip_id=tip.tip_id,
        platform_fee=platform_fee,
        payment_fee=payment_fee,
        debt=debt,
    )


def undone(given_back: Movement, kind: TransactionKind, now: datetime, balances: Balances) -> list[Movement]:
    """A dispute that was won, or a refund that failed: the same parts again, then debts."""
    share = given_back.amount.minor_units - given_back.platform_fee - given_back.payment_fee
    balances.change(AccountKind.EDUCATOR, share)
    moved = replace(
        given_back,
        kind=kind,
        from_kind=given_back.to_kind,
        from_owner=given_back.to_owner,
        to_kind=given_back.from_kind,
        to_owner=given_back.from_owner,
        create_time=now,
        debt=0,
    )
    return [moved, *repay(balances, AccountKind.EDUCATOR, now)]


def take_back(source_id: UUID, amount: Money, now: datetime, balances: Balances) -> list[Movement]:
    """A top-up is refunded or disputed: from the wallet as far as it goes, the rest is a debt."""
    from_wallet = min(amount.minor_units, balances.of(AccountKind.WALLET))
    parts = (
        (source_id, AccountKind.WALLET, from_wallet),
        (uuid5(OF_DEBT, source_id.hex), AccountKind.DEBT, amount.minor_units - from_wallet),
    )
    moved = []
    for source, kind, part in parts:
        if part:
            balances.change(kind, -part)
            moved.append(
                Movement(
                    TransactionKind.TOP_UP_TAKEN_BACK,
                    source,
                    kind,
                    balances.owner_id,
                    AccountKind.PROVIDER,
                    SCHOOL,
                    Money(amount.currency_code, part),
                    now,
                )
            )
    return moved
