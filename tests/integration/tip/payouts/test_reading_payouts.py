"""GetPayout, ListPayouts and ListPayoutLines."""

from __future__ import annotations

from uuid import uuid4

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import PageTokenInvalid, RoleRequired
from academe.ids import new_id
from academe.services.tip.errors import PayoutNotFound
from academe.services.tip.model import TransactionKind
from academe.services.tip.payouts.model import Payout, PayoutState
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import Office
from tests.support.ledger import caller


@pytest.fixture
def administrator() -> Caller:
    return caller(new_id(), Role.ADMINISTRATOR)


async def pages(office: Office, reader: Caller, state: PayoutState | None) -> list[Payout]:
    """All of a list, two at a time."""
    rows, token = [], ""
    while True:
        page = await office.payouts.list_payouts(reader, state, page_size=2, page_token=token)
        rows += page.rows
        token = page.next_page_token
        if not token:
            return rows


async def test_a_payout_is_for_its_educator_and_administrators(pool: Pool, administrator: Caller) -> None:
    """Somebody else is told that there is none."""
    office = Office(pool, Bank())
    educator = await office.educator(100)
    payout = await office.create(educator)

    assert await office.payouts.get_payout(educator, payout.payout_id) == payout
    assert await office.payouts.get_payout(administrator, payout.payout_id) == payout
    for reader in (caller(new_id(), Role.EDUCATOR), caller(new_id())):
        with pytest.raises(PayoutNotFound):
            await office.payouts.get_payout(reader, payout.payout_id)
        with pytest.raises(PayoutNotFound):
            await office.lines(reader, payout)
    with pytest.raises(PayoutNotFound):
        await office.payouts.get_payout(administrator, uuid4())


async def test_payouts_are_listed_newest_first(pool: Pool, administrator: Caller) -> None:
    """One's own in any state; everybody's in one state for administrators alone."""
    office = Office(pool)
    educators = [await office.educator(1), await office.educator(1)]
    made = []
    for amount in range(2, 7):
        for educator in educators:
            made.append((educator, await office.create(educator)))
            await office.tip(educator, amount)
    own = [payout for educator, payout in made if educator is educators[0]]
    pending = [payout for _, payout in made]

    assert await pages(office, educators[0], None) == own[::-1]
    assert await pages(office, administrator, PayoutState.PENDING) == pending[::-1]
    assert await pages(office, administrator, PayoutState.IN_REVIEW) == []
    with pytest.raises(RoleRequired):
        await pages(office, educators[0], PayoutState.PENDING)


async def test_a_token_belongs_to_its_list(pool: Pool, administrator: Caller) -> None:
    office = Office(pool)
    educator = await office.educator(1)
    await office.create(educator)
    await office.tip(educator, 1)
    await office.create(educator)
    page = await office.payouts.list_payouts(educator, None, page_size=1, page_token="")

    with pytest.raises(PageTokenInvalid):
        await office.payouts.list_payouts(
            administrator, PayoutState.PENDING, page_size=1, page_token=page.next_page_token
        )


async def test_lines_add_up(pool: Pool) -> None:
    """Of every payout, page by page, numbered without gaps; each begins with an empty account."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(1, 20, 300)
    payouts = [await office.create(educator)]
    await office.tip(educator, 4_000, 50_000)
    bank.refusal = "No."
    payouts.append(await office.create(educator))
    bank.refusal = ""
    await office.tip(educator, 600_000)
    payouts.append(await office.create(educator))
    lines = [await office.lines(educator, payout, page_size=2) for payout in payouts]

    assert [[line.amount.minor_units for line in of] for of in lines] == [
        [300, 20, 1],
        [50_000, 4_000],
        [600_000, 54_000],
    ]
    for payout, of in zip(payouts, lines, strict=True):
        assert sum(line.amount.minor_units for line in of) == payout.amount.minor_units
        assert of[0].balance == payout.amount
        assert [line.number for line in of] == list(range(payout.line_number - 1, payout.previous_number, -1))
    assert [line.kind for line in lines[2]] == [TransactionKind.TIP, TransactionKind.PAYOUT_FAILED]
    assert lines[2][1].source_id == payouts[1].payout_id


async def test_a_line_says_nothing_of_who_gave(pool: Pool) -> None:
    """It names the tip, and whoever may not know its sender does not learn it from the tip either."""
    office = Office(pool)
    educator = await office.educator(100)
    (line,) = await office.lines(educator, await office.create(educator))
    sender = await pool.fetchval("select sender_id from tip.tip where tip_id = $1", line.tip_id)

    assert line.tip_id == line.transaction_id
    assert str(sender) not in repr(line)
