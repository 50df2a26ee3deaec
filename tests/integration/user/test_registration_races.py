"""Registrations at the same moment, below the wire."""

from __future__ import annotations

import asyncio

from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.ids import new_id
from academe.services.user import Account
from academe.services.user.errors import EmailTaken, UsernameTaken
from tests.support.identity import Identity


async def test_a_repeat_after_the_database_was_restored(identity: Identity, pool: Pool) -> None:
    """A restored database may check its constraints in another order, the request's last. A repeat that then
    finds its own name taken is given the account, not told that somebody has it."""
    await pool.execute("alter table account.account drop constraint account_request_once")
    # An index that takes its time stands between the others, so that the calls meet there.
    await pool.execute(
        """
        create function account.slowly(name text) returns text immutable language plpgsql
        as $$ begin perform pg_sleep(0.1); return name; end $$
        """
    )
    await pool.execute("create index slow on account.account (account.slowly(username))")
    await pool.execute("alter table account.account add constraint account_request_once unique (request_id)")
    request = {"request_id": new_id(), "request_hash": bytes(32)}
    accounts = await asyncio.gather(*(identity.register("ada", **request) for _ in range(6)))
    await pool.execute("drop index account.slow")

    assert len({account.user_id for account in accounts}) == 1


async def test_two_passwords_in_one_request(identity: Identity) -> None:
    """One of the two makes the account and is told so; the other is not told that its password works."""
    request = {"request_id": new_id(), "request_hash": bytes(32)}
    passwords = ["correct horse battery staple", "another fine passphrase"]
    outcomes = await asyncio.gather(
        *(identity.register("grace", password=password, **request) for password in passwords),
        return_exceptions=True,
    )
    works = [await identity.users.check_password("grace", password) for password in passwords]

    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [RequestIdReused]
    assert [isinstance(one, Account) for one in outcomes] == [one is not None for one in works]


async def test_one_name_in_many_cases(identity: Identity) -> None:
    """One of sixteen has it."""
    names = [
        "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("lisa")) for number in range(16)
    ]
    outcomes = await asyncio.gather(
        *(identity.register(name, email=f"{new_id()}@example.org") for name in names), return_exceptions=True
    )

    assert len([outcome for outcome in outcomes if isinstance(outcome, Account)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, UsernameTaken)]) == 15


async def test_both_are_taken(identity: Identity) -> None:
    """One of the two reasons is told, and nothing is stored."""
    account = await identity.register()
    outcomes = await asyncio.gather(
        *(identity.register(account.username, email=account.email) for _ in range(4)), return_exceptions=True
    )

    assert all(isinstance(outcome, UsernameTaken | EmailTaken) for outcome in outcomes)
