"""Providers send some currencies in steps: what is too little for one stays and blocks nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from academe.caller import Caller
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.money import Money
from academe.services.tip.errors import CurrencyUnknown, NothingToPay
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.payouts.model import Payout, PayoutState
from academe.services.tip.ports import ProviderTransfer
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import Office
from tests.support.ledger import faults


class Strict(Bank):
    """A bank that has no words for what it cannot send, as the library of Stripe has none."""

    broken: frozenset[object] = frozenset()

    async def create_transfer(self, payout_id: Any, account: str, amount: Money) -> ProviderTransfer:
        if payout_id in self.broken:
            raise RuntimeError("a fault of ours")
        if amount.currency_code == "IQD":
            raise CurrencyUnknown
        if amount.minor_units % 10:
            raise InvalidArgument.field("amount.minor_units", "takes multiples of 10 only")
        return await super().create_transfer(payout_id, account, amount)


async def adds_up(office: Office, educator: Caller, payout: Payout, carried: int) -> int:
    """What a payout left in the balance, by its lines."""
    lines = await office.lines(educator, payout)
    left = lines[0].balance.minor_units - payout.amount.minor_units

    assert sum(line.amount.minor_units for line in lines) + carried == payout.amount.minor_units + left
    return left


async def test_a_remainder_goes_with_the_next_payout(pool: Pool) -> None:
    """Also over a payout that failed; and the lines of each add up with what was carried and left."""
    office = Office(pool, bank := Bank())
    bank.step = 100
    educator = await office.educator(250, 180)
    first = await office.create(educator)
    assert (first.amount.minor_units, await office.holds(educator)) == (400, (30, 0))
    carried = await adds_up(office, educator, first, 0)
    bank.refusal = "Not today."
    await office.tip(educator, 95)
    failed = await office.create(educator)
    assert (failed.amount.minor_units, await office.holds(educator)) == (100, (125, 0))
    carried = await adds_up(office, educator, failed, carried)
    bank.refusal = ""
    await office.tip(educator, 175)
    last = await office.create(educator)

    assert (last.state, last.amount.minor_units) == (PayoutState.PAID, 300)
    assert await adds_up(office, educator, last, carried) == 0
    assert await office.holds(educator) == (0, 0)
    assert await faults(pool) == []


async def test_less_than_one_step(pool: Pool) -> None:
    """There is nothing to pay yet, and nothing is written."""
    office = Office(pool, bank := Bank())
    bank.step = 100
    educator = await office.educator(99)
    with pytest.raises(NothingToPay):
        await office.create(educator)

    assert await office.holds(educator) == (99, 0)


@pytest.mark.parametrize(
    ("currency", "balance", "paid"),
    [("HUF", 10_050, 10_000), ("MGA", 1_234, 1_200), ("UGX", 77, 77), ("KWD", 1_009, 1_000), ("EUR", 7, 7)],
)
def test_what_stripe_sends(currency: str, balance: int, paid: int) -> None:
    """The largest amount that it takes itself, and never more than there is."""
    stripe = StripeProvider("sk_test_1")
    payable = stripe.payable(Money(currency, balance))

    assert payable == Money(currency, paid)
    stripe.check_amount(payable)
    with pytest.raises(CurrencyUnknown):
        stripe.payable(Money("IQD", 1_000))


@pytest.mark.parametrize(("currency", "amount"), [("EUR", 55), ("IQD", 50)])
async def test_one_that_was_written_and_cannot_be_sent(pool: Pool, currency: str, amount: int) -> None:
    """It has failed, with the reason, and the money is there again."""
    office = Office(pool, Strict())
    educator = await office.educator(amount, currency=currency)
    payout = await office.create(educator, currency=currency)

    assert payout.state is PayoutState.FAILED
    assert payout.reason
    assert await office.holds(educator, currency) == (amount, 0)
    assert await faults(pool) == []


async def test_a_fault_of_one_payout(pool: Pool) -> None:
    """It is logged, and the others are asked about all the same."""
    office = Office(pool, bank := Strict())
    educators = [await office.educator(100) for _ in range(3)]
    bank.lost_requests = 3
    payouts = [await office.create(educator) for educator in educators]
    bank.broken = frozenset({payouts[0].payout_id})
    transfers = office.payouts.transfers
    assert transfers is not None
    await transfers.step(office.now() + timedelta(hours=2))
    states = [
        (await office.payouts.get_payout(e, p.payout_id)).state
        for e, p in zip(educators, payouts, strict=True)
    ]

    assert states == [PayoutState.PENDING, PayoutState.PAID, PayoutState.PAID]
    assert [fields["payout_id"] for _, fields in office.log.errors] == [str(payouts[0].payout_id)]
    bank.broken = frozenset()
    await office.step()
