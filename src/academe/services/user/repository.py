"""Accounts in the schema `account`; their passwords are in repository_passwords.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Role
from academe.db.constraints import on_constraint
from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.errors import EtagMismatch, RequestIdReused
from academe.etags import etag
from academe.services.user.errors import EmailTaken, LastAdministrator, UsernameTaken, UserNotFound
from academe.services.user.model import Account, Changes, Registration, StoredPassword
from academe.services.user.repository_passwords import PasswordRepository, account_of


class UserRepository:
    """Accounts in PostgreSQL. `on_batch(name, keys, seconds)` is told of every batched read."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self.passwords = PasswordRepository(pool)
        self._accounts = BatchLoader(self._fetch_accounts, name="account", on_batch=on_batch)

    async def get_account(self, user_id: UUID) -> Account | None:
        return await self._accounts.load(user_id)

    async def get_accounts(self, user_ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """Those that exist, by id."""
        wanted = list(dict.fromkeys(user_ids))
        found = await self._accounts.load_all(wanted)
        return {account.user_id: account for account in found if account is not None}

    async def _fetch_accounts(self, user_ids: list[UUID]) -> Mapping[UUID, Account]:
        rows = await self._pool.fetch(
            """
            select account_id, username, email, display_name, biography, roles,
                   password_hash is not null as has_password, version, create_time, update_time
            from account.account
            where account_id = any($1::uuid[])
            """,
            user_ids,
        )
        return {row["account_id"]: account_of(row) for row in rows}

    async def add_account(self, new: Registration) -> StoredPassword:
        """Stores a new account, or answers with the one that this request made before.

        Raises UsernameTaken, EmailTaken, RequestIdReused.
        """
        try:
            with (
                on_constraint("account_username_taken", UsernameTaken),
                on_constraint("account_email_taken", EmailTaken),
            ):
                row = await self._pool.fetchrow(
                    """
                    insert into account.account (
                        account_id, username, username_key, email, email_key, display_name, biography, roles,
                        password_hash, version, request_id, request_hash, create_time, update_time
                    )
                    values ($1, $2, $3, $4, $5, $6, '', $7::smallint[], $8, 1, $9, $10, $11, $11)
                    on conflict on constraint account_request_once do nothing
                    returning account_id, username, email, display_name, biography, roles,
                              true as has_password, version, create_time, update_time
                    """,
                    new.user_id,
                    new.username,
                    new.username.casefold(),
                    new.email.address,
                    new.email.key,
                    new.display_name,
                    sorted(new.roles),
                    new.password_hash,
                    new.request_id,
                    new.request_hash,
                    new.create_time,
                )
        except (UsernameTaken, EmailTaken):
            # What took the name may be this very request, sent twice at once.
            first = await self.find_registration(new.request_id, new.request_hash)
            if first is None:
                raise
            return first
        if row is not None:
            return StoredPassword(account_of(row), new.password_hash)
        first = await self.find_registration(new.request_id, new.request_hash)
        if first is None:
            raise RequestIdReused  # of a row that is gone again; there is nothing to answer with
        return first

    async def find_registration(
        self, request_id: UUID | None, request_hash: bytes | None
    ) -> StoredPassword | None:
        """The account that a request made, or None. Raises RequestIdReused when it asked for another one."""
        if request_id is None:
            return None
        row = await self._pool.fetchrow(
            """
            select account_id, username, email, display_name, biography, roles,
                   password_hash is not null as has_password, version, create_time, update_time,
                   password_hash, request_hash
            from account.account
            where request_id = $1
            """,
            request_id,
        )
        if row is None:
            return None
        if row["request_hash"] != request_hash:
            raise RequestIdReused
        return StoredPassword(account_of(row), row["password_hash"])

    async def update_account(
        self, user_id: UUID, changes: Changes, *, version: int | None, now: datetime
    ) -> Account:
        """Changes an account and returns it; nothing is written when it is so already.

        Raises UserNotFound, EtagMismatch, UsernameTaken, EmailTaken, LastAdministrator.
        """
        with (
            on_constraint("account_username_taken", UsernameTaken),
            on_constraint("account_email_taken", EmailTaken),
        ):
            async with self._pool.transaction() as connection:
                if changes.roles is not None and Role.ADMINISTRATOR not in changes.roles:
                    # All of them are locked, so that of two who resign at once one sees the other gone.
                    rows = await connection.fetch(
                        """
                        select account_id from account.account
                        where roles @> '{3}'
                        order by account_id
                        for update
                        """
                    )
                    if [row["account_id"] for row in rows] == [user_id]:
                        raise LastAdministrator
                row = await connection.fetchrow(
                    """
                    select account_id, username, email, display_name, biography, roles,
                           password_hash is not null as has_password, version, create_time, update_time
                    from account.account
                    where account_id = $1
                    for update
                    """,
                    user_id,
                )
                if row is None:
                    raise UserNotFound(user_id=user_id)
                account = account_of(row)
                if version is not None and version != account.version:
                    raise EtagMismatch(etag=etag(account.version))
                changed = _changed(account, changes, now)
                if changed is account:
                    return account
                await connection.execute(
                    """
                    update account.account
                    set username = $2, username_key = $3, email = coalesce($4, email),
                        email_key = coalesce($5, email_key), display_name = $6, biography = $7,
                        roles = $8::smallint[], version = $9, update_time = $10
                    where account_id = $1
                    """,
                    user_id,
                    changed.username,
                    changed.username.casefold(),
                    changes.email.address if changes.email is not None else None,
                    changes.email.key if changes.email is not None else None,
                    changed.display_name,
                    changed.biography,
                    sorted(changed.roles),
                    changed.version,
                    changed.update_time,
                )
        return changed

    async def has_other_administrator(self, user_id: UUID) -> bool:
        """Whether somebody else than `user_id` runs the school."""
        found = await self._pool.fetchval(
            "select exists (select from account.account where roles @> '{3}' and account_id <> $1)", user_id
        )
        return bool(found)

    async def add_first_administrator(self, user_id: UUID, username: str, now: datetime) -> list[Account]:
        """Makes an administrator without a password if there is none at all; returns all there are.

        Of several processes that do this at once one makes the account.
        """
        await self._pool.execute(
            """
            insert into account.account (
                account_id, username, username_key, display_name, biography, roles, version,
                create_time, update_time
            )
            select $1::uuid, $2::text, $3::text, 'Administrator', '', '{1,3}'::smallint[], 1,
                   $4::timestamptz, $4::timestamptz
            where not exists (select from account.account where roles @> '{3}')
            on conflict on constraint account_username_taken do nothing
            """,
            user_id,
            username,
            username.casefold(),
            now,
        )
        rows = await self._pool.fetch(
            """
            select account_id, username, email, display_name, biography, roles,
                   password_hash is not null as has_password, version, create_time, update_time
            from account.account
            where roles @> '{3}'
            order by account_id
            """
        )
        return [account_of(row) for row in rows]


def _changed(account: Account, changes: Changes, now: datetime) -> Account:
    """The account after the changes; the very same one when they change nothing."""
    wanted = replace(
        account,
        username=account.username if changes.username is None else changes.username,
        email=account.email if changes.email is None else changes.email.address,
        display_name=account.display_name if changes.display_name is None else changes.display_name,
        biography=account.biography if changes.biography is None else changes.biography,
        roles=account.roles if changes.roles is None else changes.roles,
    )
    if wanted == account:
        return account
    return replace(wanted, version=account.version + 1, update_time=now)
