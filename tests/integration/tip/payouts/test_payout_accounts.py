"""CreatePayoutAccount: one account each, whatever gets lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.tip.errors import FundingNotOffered, ProviderUnavailable
from academe.services.tip.payouts.accounts import PayoutAccounts
from academe.services.tip.payouts.repository_accounts import PayoutAccountRepository
from academe.services.tip.ports import ProviderAccount
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import RETURN_URL, Office
from tests.support.ledger import caller
from tests.support.pools import patient_pool


async def test_the_account_and_a_page(pool: Pool) -> None:
    """The page is new each time, the account the same, as it stands at the provider now."""
    office = Office(pool, bank := Bank())
    educator = caller(new_id(), Role.EDUCATOR)
    account, url = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)
    assert (account.payouts_enabled, list(account.requirements)) == (False, ["iban"])
    assert account.reference is not None
    bank.enabled.add(account.reference)
    again, other_url = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)

    assert (again.reference, again.payouts_enabled) == (account.reference, True)
    assert url != other_url
    assert bank.made_accounts == 1


async def test_many_callers_at_once_ask_once(pool: Pool, database: str) -> None:
    """Ten calls in two processes, of which one asks and the others wait for what it gets."""
    other_pool = await patient_pool(database, size=4)
    bank = Bank()
    bank.slow = 0.05
    educator = caller(new_id(), Role.EDUCATOR)
    calls = [
        Office(each, bank).payouts.accounts.create_payout_account(educator, RETURN_URL)
        for each in (pool, other_pool)
        for _ in range(5)
    ]
    accounts = await asyncio.gather(*calls)
    await other_pool.close()

    assert len({account.reference for account, _ in accounts}) == 1
    assert (bank.made_accounts, bank.asked) == (1, 1)


@pytest.mark.parametrize("lost", ["lost_replies", "lost_requests"])
async def test_a_reply_that_is_lost(pool: Pool, lost: str) -> None:
    """The next call asks again at once, for the same educator, and is given the same account."""
    office = Office(pool, bank := Bank())
    educator = caller(new_id(), Role.EDUCATOR)
    setattr(bank, lost, 2)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            await office.payouts.accounts.create_payout_account(educator, RETURN_URL)
    account, _ = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)

    assert account.reference == bank.accounts[educator.user_id]
    assert bank.made_accounts == 1


async def test_whoever_asked_is_gone(pool: Pool) -> None:
    """A process that was killed while it asked holds the others up for a minute, not longer."""
    repository, bank = PayoutAccountRepository(pool), Bank()
    office = Office(pool, bank)
    educator = caller(new_id(), Role.EDUCATOR)
    now = office.now()

    assert await repository.claim(educator.user_id, bank.name, now, now + timedelta(seconds=60))
    impatient = PayoutAccounts(repository, bank, wait_seconds=0.2)
    with pytest.raises(ProviderUnavailable):
        await impatient.create_payout_account(educator, RETURN_URL)
    office.later = 61
    account, _ = await office.payouts.accounts.create_payout_account(educator, RETURN_URL)

    assert account.reference is not None
    assert bank.asked == 1


async def test_an_earlier_answer_does_not_replace_a_later_one(pool: Pool) -> None:
    """Nor does the id of an account ever change; news of an account that is nobody's is nothing."""
    repository, office = PayoutAccountRepository(pool), Office(pool, bank := Bank())
    educator = await office.educator()
    account = await repository.get(educator.user_id, bank.name)
    assert account is not None
    assert account.reference is not None
    early = office.now()
    office.later = 10
    await office.payouts.accounts.refresh(account.reference)
    await repository.record(educator.user_id, bank.name, ProviderAccount(account.reference, False), early)
    await repository.record(educator.user_id, bank.name, ProviderAccount("acct_other", False), office.now())
    await office.payouts.accounts.refresh("acct_nobody")

    assert await repository.get(educator.user_id, bank.name) == account
    assert account.payouts_enabled


async def test_what_is_refused(pool: Pool) -> None:
    """Without a provider there are no accounts, and nobody is sent back to a page without encryption."""
    educator = caller(new_id(), Role.EDUCATOR)
    with pytest.raises(FundingNotOffered):
        await Office(pool).payouts.accounts.create_payout_account(educator, RETURN_URL)
    with pytest.raises(InvalidArgument):
        await Office(pool, bank := Bank()).payouts.accounts.create_payout_account(
            educator, "http://a.example"
        )
    assert bank.asked == 0
