"""There is always somebody who runs the school, and at first exactly one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.services.user import Account
from academe.services.user.errors import LastAdministrator
from academe.services.user.model import Edits
from tests.support.identity import Identity
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres

LEARNER = frozenset({Role.LEARNER})


@pytest.fixture
async def empty(postgres: TestPostgres, template_database: str) -> AsyncIterator[Pool]:
    """A school that was never started before."""
    pool = await patient_pool(await postgres.create_database(template=template_database), size=8)
    yield pool
    await pool.close()


async def test_the_first_start(empty: Pool) -> None:
    """An account without a password or address; nobody can sign in to it with an empty one."""
    identity = await Identity(empty).open()
    account = await identity.users.ensure_administrator()

    assert account is not None
    assert account.username == "administrator"
    assert account.roles == {Role.LEARNER, Role.ADMINISTRATOR}
    assert account.email == ""
    assert not await identity.users.has_password(account.user_id)
    assert await identity.users.check_password("administrator", "") is None
    await identity.close()


async def test_a_later_start(empty: Pool) -> None:
    """The same account, until somebody has set its password; then nobody needs a code any more."""
    identity = await Identity(empty).open()
    first = await identity.users.ensure_administrator()
    assert first is not None
    assert await identity.users.ensure_administrator() == first
    await identity.users.set_password(first.user_id, None, "a long enough secret")

    assert await identity.users.ensure_administrator() is None
    await identity.close()


async def test_many_processes_start_at_once(empty: Pool) -> None:
    """One account, which all of them find."""
    processes = [await Identity(empty).open() for _ in range(4)]
    for _ in range(5):  # the first round finds connections that have yet to prepare the statements
        await empty.execute("delete from account.account")
        accounts = await asyncio.gather(*(process.users.ensure_administrator() for process in processes * 3))

        assert len({account.user_id for account in accounts if account}) == 1
        assert None not in accounts
        assert await empty.fetchval("select count(*) from account.account") == 1
    for process in processes:
        await process.close()


async def test_two_administrators_resign_at_once(empty: Pool) -> None:
    """One of them has to stay, in each of twenty races, whoever asks for it."""
    identity = await Identity(empty).open()
    stays = await identity.administrator()
    for _ in range(20):
        other = await identity.administrator()
        outcomes = await asyncio.gather(
            *(
                identity.users.update_user(identity.caller(account), account.user_id, Edits(roles=LEARNER))
                for account in (stays, other)
            ),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, LastAdministrator)]

        assert len(refused) == 1, outcomes
        assert len([outcome for outcome in outcomes if isinstance(outcome, Account)]) == 1
        stays = stays if isinstance(outcomes[0], LastAdministrator) else other
        rows = await empty.fetch("select account_id from account.account where roles @> '{3}'")
        assert [row["account_id"] for row in rows] == [stays.user_id]
    await identity.close()


async def test_administrators_demote_each_other_at_once(empty: Pool) -> None:
    """Eight at once, in a ring: never does the school end with nobody."""
    identity = await Identity(empty).open()
    ring = [await identity.administrator() for _ in range(8)]
    await asyncio.gather(
        *(
            identity.users.update_user(identity.caller(by), whom.user_id, Edits(roles=LEARNER))
            for by, whom in zip(ring, ring[1:] + ring[:1], strict=True)
        ),
        return_exceptions=True,
    )

    assert await empty.fetchval("select count(*) from account.account where roles @> '{3}'") == 1
    await identity.close()
