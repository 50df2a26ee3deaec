"""Tips given back because the provider did so already, and given again when it did not after all.

The ledger says of the provider what its own books say, whether or not anything is left of the tip. So what
was taken beyond that is a loss of the school's own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from academe.db.pool import Queryable
from academe.money import Money
from academe.services.tip.errors import ProviderUnavailable
from academe.services.tip.model import SCHOOL, AccountKind, Movement, Tip, TransactionKind
from academe.services.tip.payments.movements import (
    OF_DEBT,
    give_back,
    provider_fee,
    provider_fee_returned,
    undone,
)
from academe.services.tip.payments.repository_ledger import find_movement, lock_balances
from academe.services.tip.refunds.repository import RefundRepository


async def give_back_up_to(
    connection: Queryable, kind: TransactionKind, source_id: UUID, tip: Tip, amount: Money, now: datetime
) -> list[Movement]:
    """A refund or dispute of a locked tip as far as it goes, and the rest as a loss.

    Raises ProviderUnavailable while a refund of ours is overtaken: what it took may have to be given again
    first, and nobody knows that before the provider was asked about it.
    """
    code = amount.currency_code
    of_tip = min(amount.minor_units, sum(tip.left))
    lost = amount.minor_units - of_tip
    if lost and await _is_unsure(connection, tip.tip_id):
        raise ProviderUnavailable
    moved = []
    if of_tip:
        kinds = (AccountKind.EDUCATOR, AccountKind.DEBT)
        balances = await lock_balances(connection, tip.educator_id, code, *kinds)
        moved.append(give_back(kind, source_id, tip, Money(code, of_tip), now, balances))
    return [*moved, *provider_fee(_of_loss(source_id), Money(code, lost), now)]


async def give_again(
    connection: Queryable,
    kind: TransactionKind,
    undoing: TransactionKind,
    source_id: UUID,
    educator_id: UUID,
    now: datetime,
) -> list[Movement]:
    """What `give_back_up_to` made of this cause the other way round. The tip is locked."""
    given_back = await find_movement(connection, kind, source_id)
    lost = await find_movement(connection, TransactionKind.PROVIDER_FEE, _of_loss(source_id))
    if given_back is None and lost is None:
        raise RuntimeError(f"{kind.name} {source_id} has taken nothing")
    moved = []
    if given_back is not None:
        kinds, code = (AccountKind.EDUCATOR, AccountKind.DEBT), given_back.amount.currency_code
        balances = await lock_balances(connection, educator_id, code, *kinds)
        moved = undone(given_back, undoing, now, balances)
    return moved if lost is None else [*moved, *provider_fee_returned(lost.source_id, lost.amount, now)]


def _of_loss(source_id: UUID) -> UUID:
    """As of a debt, which is what is lost of a top-up: so both are found with their cause."""
    return uuid5(OF_DEBT, source_id.hex)


async def _is_unsure(connection: Queryable, payment_id: UUID) -> bool:
    """Whether there is a refund of ours of which the provider has not said that it has it."""
    pending = await RefundRepository(connection).find_pending(payment_id)
    return any(refund.requester_id != SCHOOL and not refund.reference for refund in pending)
