"""A ledger with some of everything in it, to be attacked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from academe.db.pool import Queryable
from academe.ids import new_id
from tests.support.ledger import fill_wallets
from tests.support.ledger_rows import (
    CAPTURE,
    CHARGE,
    DISPUTE,
    PAYOUT,
    REFUND,
    VOID,
    insert_movement,
    insert_tip,
)


@dataclass(frozen=True)
class Scene:
    """Who is there and which tips; amounts are minor units of EUR.

    The payer's wallet holds 10,000 less what the tips took, the educator's account about 1,000.
    """

    payer: UUID
    educator: UUID
    stranger: UUID
    given: UUID
    """700 from the wallet, of which 35 are the platform's; nothing was given back yet."""
    held: UUID
    """500, of which 25 are to be the platform's; not decided."""
    captured: UUID
    voided: UUID
    unpaid: UUID
    """300 that the provider was asked for."""
    paid: UUID
    """400 from the provider: 20 for the platform, 12 for the payment; 100 of them came back."""
    dispute: UUID
    """Of the paid tip, 50 and 10 of these from a debt."""
    payout: UUID
    """100 on their way to the educator's bank."""


async def build(queryable: Queryable) -> Scene:
    payer, educator, stranger = new_id(), new_id(), new_id()
    await fill_wallets(queryable, [payer, stranger], 10_000)
    await fill_wallets(queryable, [stranger], 10_000, "JPY")
    given = await insert_tip(queryable, payer, educator, amount=700, platform_fee=35)
    held = await insert_tip(queryable, payer, educator, amount=500, platform_fee=25, funding=2)
    captured = await insert_tip(queryable, payer, educator, amount=200, platform_fee=10, funding=2)
    await insert_movement(
        queryable,
        CAPTURE,
        tip_id=captured,
        from_owner=payer,
        to_owner=educator,
        amount=200,
        platform_fee=10,
    )
    voided = await insert_tip(queryable, payer, educator, amount=60, funding=2)
    await insert_movement(queryable, VOID, tip_id=voided, from_owner=payer, to_owner=payer, amount=60)
    unpaid = await insert_tip(queryable, payer, educator, amount=300, funding=3)
    paid = await insert_tip(queryable, payer, educator, amount=400, platform_fee=20, funding=3)
    await insert_movement(
        queryable, CHARGE, tip_id=paid, to_owner=educator, amount=400, platform_fee=20, payment_fee=12
    )
    await insert_movement(
        queryable,
        REFUND,
        tip_id=paid,
        from_owner=educator,
        to_kind=8,
        amount=100,
        platform_fee=5,
        payment_fee=3,
    )
    dispute = await insert_movement(
        queryable, DISPUTE, tip_id=paid, from_owner=educator, amount=50, platform_fee=2, debt=10
    )
    payout = await insert_movement(queryable, PAYOUT, from_owner=educator, to_owner=educator, amount=100)
    return Scene(payer, educator, stranger, given, held, captured, voided, unpaid, paid, dispute, payout)
