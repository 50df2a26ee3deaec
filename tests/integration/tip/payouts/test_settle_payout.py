"""SettlePayout, and payouts that are looked at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument, NotYourAccount
from academe.services.tip.errors import PayoutNotFound, PayoutSettled
from academe.services.tip.payouts.model import PayoutState
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import Office
from tests.support.ledger import faults

TAKEN, PAID, FAILED = 10, 11, 12
REVIEW = PayoutState.IN_REVIEW
CASH = 9


async def a_ring(educator_id: UUID, since: datetime) -> Sequence[str]:
    assert timedelta(days=89) < datetime.now(UTC) - since < timedelta(days=91)
    return [f"{educator_id} -> somebody -> {educator_id}"]


async def no_ring(educator_id: UUID, since: datetime) -> Sequence[str]:
    return []


async def test_paid_by_hand(pool: Pool) -> None:
    """The money leaves the cash, the reason is the educator's to read; saying it again changes nothing."""
    office = Office(pool)
    educator = await office.educator(100)
    payout = await office.create(educator)
    settled = await office.settle(payout.payout_id, True, "On Friday.")

    assert (settled.state, settled.reason) == (PayoutState.PAID, "On Friday.")
    assert settled.settle_time is not None
    assert await office.settle(payout.payout_id, True, "again") == settled
    with pytest.raises(PayoutSettled):
        await office.settle(payout.payout_id, False)
    assert await office.movements(payout) == [TAKEN, PAID]
    assert await office.holds(educator) == (0, 0)
    assert (
        await pool.fetchval(
            "select to_kind from tip.movement where kind = 11 and source_id = $1", payout.payout_id
        )
        == CASH
    )
    assert await faults(pool) == []


async def test_not_paid_by_hand(pool: Pool) -> None:
    """The balance has the money again, once, however often it is said."""
    office = Office(pool)
    educator = await office.educator(100)
    payout = await office.create(educator)
    settled = await office.settle(payout.payout_id, False, "No such bank.")

    assert settled.state is PayoutState.FAILED
    assert await office.settle(payout.payout_id, False) == settled
    with pytest.raises(PayoutSettled):
        await office.settle(payout.payout_id, True)
    assert await office.movements(payout) == [TAKEN, FAILED]
    assert await office.holds(educator) == (100, 0)
    assert (await office.create(educator)).amount.minor_units == 100


async def test_a_ring_is_looked_at_first(pool: Pool) -> None:
    """The money is out of the balance, and the provider is not asked until an administrator lets it go."""
    office = Office(pool, bank := Bank(), find_rings=a_ring)
    educator = await office.educator(100)
    payout = await office.create(educator, request_id := uuid4())
    assert (payout.state, bool(payout.reason)) == (PayoutState.IN_REVIEW, True)
    assert await office.holds(educator) == (0, 100)
    assert await office.step() == len(bank.transfers) == 0
    assert await office.create(educator, request_id) == payout
    settled = await office.settle(payout.payout_id, True, seen=REVIEW)

    assert (settled.state, settled.reason) == (PayoutState.PAID, "")
    assert len(bank.transfers) == 1
    assert await office.settle(payout.payout_id, True, seen=REVIEW) == settled
    assert await office.movements(payout) == [TAKEN, PAID]


async def test_a_reply_that_is_lost_after_a_review(pool: Pool) -> None:
    """It is pending then like any other: asked about, and not the administrator's any more."""
    office = Office(pool, bank := Bank(), find_rings=a_ring)
    educator = await office.educator(100)
    payout = await office.create(educator)
    bank.lost_replies = 1
    pending = await office.settle(payout.payout_id, True, seen=REVIEW)

    assert pending.state is PayoutState.PENDING
    assert await office.settle(payout.payout_id, True, seen=REVIEW) == pending
    for word, seen in ((False, REVIEW), (False, PayoutState.PENDING), (True, PayoutState.PENDING)):
        with pytest.raises(PayoutSettled):
            await office.settle(payout.payout_id, word, seen=seen)
    assert await office.step() == 1
    assert await office.movements(payout) == [TAKEN, PAID]
    assert len(bank.transfers) == 1


async def test_a_review_that_refuses(pool: Pool) -> None:
    """The money goes back, and the provider never hears of it."""
    office = Office(pool, bank := Bank(), find_rings=a_ring)
    educator = await office.educator(100)
    payout = await office.create(educator)
    refused = await office.settle(payout.payout_id, False, "Explain first.", seen=REVIEW)

    assert refused.state is PayoutState.FAILED
    assert await office.settle(payout.payout_id, False, seen=REVIEW) == refused
    with pytest.raises(PayoutSettled) as over:
        await office.settle(payout.payout_id, True, seen=REVIEW)
    assert over.value.metadata["state"] == "FAILED"
    assert await office.holds(educator) == (100, 0)
    assert bank.transfers == {}


async def test_by_hand_after_a_review(pool: Pool) -> None:
    """Letting it go, and again however late because the reply got lost, is not yet having paid it."""
    office = Office(pool, find_rings=a_ring)
    educator = await office.educator(100)
    payout = await office.create(educator)
    with pytest.raises(PayoutSettled):
        await office.settle(payout.payout_id, True)
    approved = await office.settle(payout.payout_id, True, seen=REVIEW)
    assert approved.state is PayoutState.PENDING
    for office.later in (0, 90, 100_000):
        assert await office.settle(payout.payout_id, True, seen=REVIEW) == approved
    with pytest.raises(PayoutSettled):
        await office.settle(payout.payout_id, False, seen=REVIEW)
    assert await office.movements(payout) == [TAKEN]
    paid = await office.settle(payout.payout_id, True)

    assert paid.state is PayoutState.PAID
    assert await office.settle(payout.payout_id, True, seen=REVIEW) == paid
    assert await office.movements(payout) == [TAKEN, PAID]


async def test_nobody_decides_about_a_payout_to_themselves(pool: Pool) -> None:
    """Whichever way, and in whatever state; it is as it was for the next administrator."""
    for find_rings, seen in ((a_ring, REVIEW), (no_ring, PayoutState.PENDING)):
        office = Office(pool, find_rings=find_rings)
        educator = await office.educator(100)
        payout = await office.create(educator)
        themselves = replace(educator, roles=educator.roles | {Role.ADMINISTRATOR})
        for word in (True, False):
            with pytest.raises(NotYourAccount):
                await office.payouts.settle_payout(themselves, payout.payout_id, word, seen, "")

        assert await office.payouts.get_payout(educator, payout.payout_id) == payout
        assert await office.movements(payout) == [TAKEN]
        assert (await office.settle(payout.payout_id, False, seen=seen)).state is PayoutState.FAILED


async def test_without_a_ring_nothing_is_looked_at(pool: Pool) -> None:
    office = Office(pool, Bank(), find_rings=no_ring)

    assert (await office.create(await office.educator(100))).state is PayoutState.PAID


async def test_what_the_provider_decides_is_not_settled_by_hand(pool: Pool) -> None:
    """Neither while it is pending, nor when it was paid, nor when it was refused."""
    office = Office(pool, bank := Bank())
    educators = [await office.educator(100) for _ in range(3)]
    paid = await office.create(educators[0])
    bank.refusal = "No."
    failed = await office.create(educators[1])
    bank.lost_requests = 1
    pending = await office.create(educators[2])

    assert [one.state for one in (paid, failed, pending)] == [
        PayoutState.PAID,
        PayoutState.FAILED,
        PayoutState.PENDING,
    ]
    for payout in (paid, failed, pending):
        for word in (True, False):
            with pytest.raises(PayoutSettled):
                await office.settle(payout.payout_id, word)
    with pytest.raises(PayoutNotFound):
        await office.settle(uuid4(), True)
    with pytest.raises(InvalidArgument):
        await office.settle(paid.payout_id, True, "a\0b")


@pytest.mark.parametrize("word", [True, False], ids=["paid", "not paid"])
async def test_a_provider_that_is_gone(pool: Pool, word: bool) -> None:
    """Nobody hears of its payouts any more, so an administrator who looked there says what became of one."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(100)
    bank.lost_requests = 1
    pending = await office.create(educator)
    alone = Office(pool)
    settled = await alone.settle(pending.payout_id, word, "as their pages say")
    again = await alone.settle(pending.payout_id, word)
    with pytest.raises(PayoutSettled):
        await alone.settle(pending.payout_id, not word)

    assert settled.state is (PayoutState.PAID if word else PayoutState.FAILED)
    assert again == settled
    assert await alone.holds(educator) == (0 if word else 100, 0)
    assert await office.movements(pending) == [TAKEN, PAID if word else FAILED]
    await office.step()
    assert bank.made == 0
    assert await faults(pool) == []
