"""Checking and changing passwords, below the sessions that are made with them."""

from __future__ import annotations

import asyncio

import bcrypt
import pytest

from academe.db.pool import Pool
from academe.services.user import CurrentPasswordWrong
from academe.services.user.errors import PasswordUnfit
from tests.support.identity import PASSWORD, Identity

OTHER = "another fine passphrase"


async def stored(pool: Pool, identity: Identity, user_id: object) -> str:
    value = await pool.fetchval("select password_hash from account.account where account_id = $1", user_id)
    return str(value)


async def test_by_name_or_address_in_any_case(identity: Identity) -> None:
    """Both are the same person; the password has its case."""
    account = await identity.register()
    for login in (account.username, account.username.upper(), account.email, account.email.upper()):
        found = await identity.users.check_password(login, PASSWORD)

        assert found == account
        assert await identity.users.check_password(login, PASSWORD.upper()) is None


@pytest.mark.parametrize(
    "login", ["nobody", "nobody@example.org", "x", "@", "", "a b", "ä", "x" * 254, "\x00"]
)
async def test_nobody_costs_a_check_too(
    identity: Identity, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly one bcrypt check is made, whatever a login looks like."""
    await identity.passwords.prepare()
    checks: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        checks.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)

    assert await identity.users.check_password(login, PASSWORD) is None
    assert len(checks) == 1


async def test_a_higher_cost_reaches_a_stored_password_at_its_next_use(pool: Pool) -> None:
    """Once; the account's etag does not change by it."""
    before, after = await Identity(pool).open(), await Identity(pool, cost=5).open()
    account = await before.register()
    assert "$2b$04$" in await stored(pool, before, account.user_id)
    assert await after.users.check_password(account.username, "wrong") is None
    assert "$2b$04$" in await stored(pool, before, account.user_id)
    assert await after.users.check_password(account.username, PASSWORD)
    raised = await stored(pool, before, account.user_id)
    found = await after.users.check_password(account.username, PASSWORD)

    assert "$2b$05$" in raised
    assert await stored(pool, before, account.user_id) == raised
    assert found == account
    await before.close()
    await after.close()


async def test_a_password_changed_meanwhile_is_not_overwritten_by_its_old_self(identity: Identity) -> None:
    """Raising the cost of a hash replaces that hash and no other."""
    account = await identity.register()
    old = await identity.user_repository.passwords.get(account.user_id)
    assert old is not None
    assert old.password_hash is not None
    await identity.users.set_password(account.user_id, PASSWORD, OTHER)
    await identity.user_repository.passwords.strengthen(account.user_id, old.password_hash, "v1$stale")

    assert await identity.users.check_password(account.username, OTHER)


async def test_a_damaged_hash_is_a_wrong_password(identity: Identity, pool: Pool) -> None:
    """And an error in the log, with the account."""
    account = await identity.register()
    await pool.execute(
        "update account.account set password_hash = 'x' where account_id = $1", account.user_id
    )
    identity.records.clear()

    assert await identity.users.check_password(account.username, PASSWORD) is None
    assert [(record["level"], record["user_id"]) for record in identity.records] == [
        ("error", str(account.user_id))
    ]


async def test_a_new_password(identity: Identity) -> None:
    """The old one is needed and stops working."""
    account = await identity.register()
    with pytest.raises(CurrentPasswordWrong):
        await identity.users.set_password(account.user_id, None, OTHER)
    with pytest.raises(CurrentPasswordWrong):
        await identity.users.set_password(account.user_id, "wrong", OTHER)
    await identity.users.set_password(account.user_id, PASSWORD, OTHER)

    assert await identity.users.check_password(account.username, PASSWORD) is None
    found = await identity.users.check_password(account.username, OTHER)
    assert found is not None
    assert found.version == account.version + 1


async def test_a_new_password_twice(identity: Identity) -> None:
    """A repeat of a call whose answer was lost succeeds, though the old password is not right any more."""
    account = await identity.register()
    await identity.users.set_password(account.user_id, PASSWORD, OTHER)
    await identity.users.set_password(account.user_id, PASSWORD, OTHER)

    assert await identity.users.check_password(account.username, OTHER)


async def test_a_new_password_that_is_guessed_first(identity: Identity) -> None:
    """The same rules as at registration, with this person's own words."""
    account = await identity.register("grace-hopper")
    for guessable in ("Grace-Hopper1", "grace-hopper@example.org", "trustno1"):
        with pytest.raises(PasswordUnfit) as caught:
            await identity.users.set_password(account.user_id, PASSWORD, guessable)

        assert caught.value.violations[0].field == "new_password"


async def test_new_passwords_at_once(identity: Identity) -> None:
    """One is set and its owner told so; the others are refused, not silently lost."""
    for _ in range(5):  # the first round finds connections that have yet to prepare the statements
        account = await identity.register()
        wanted = [f"{OTHER} {number}" for number in range(8)]
        outcomes = await asyncio.gather(
            *(identity.users.set_password(account.user_id, PASSWORD, new) for new in wanted),
            return_exceptions=True,
        )
        told = [new for new, outcome in zip(wanted, outcomes, strict=True) if outcome is None]

        assert len(told) == 1
        assert await identity.users.check_password(account.username, told[0])
