"""The stored passwords of accounts: read to sign in, replaced only when they are still what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from academe.caller import Role
from academe.db.pool import Pool
from academe.services.user.model import Account, StoredPassword


class PasswordRepository:
    """Part of UserRepository; hashes leave it for nobody but UserService."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find_login(self, login_key: str) -> StoredPassword | None:
        """The account with this username or e-mail key."""
        row = await self._pool.fetchrow(
            """
            select account_id, username, email, display_name, biography, roles,
                   password_hash is not null as has_password, version, create_time, update_time, password_hash
            from account.account
            where username_key = $1 or email_key = $1
            """,
            login_key,
        )
        return StoredPassword(account_of(row), row["password_hash"]) if row is not None else None

    async def get(self, user_id: UUID) -> StoredPassword | None:
        row = await self._pool.fetchrow(
            """
            select account_id, username, email, display_name, biography, roles,
                   password_hash is not null as has_password, version, create_time, update_time, password_hash
            from account.account
            where account_id = $1
            """,
            user_id,
        )
        return StoredPassword(account_of(row), row["password_hash"]) if row is not None else None

    async def replace(self, user_id: UUID, old: str | None, new: str, now: datetime) -> bool:
        """False when the password is no longer `old`: somebody else changed it first."""
        done = await self._pool.execute(
            """
            update account.account
            set password_hash = $3, version = version + 1, update_time = $4
            where account_id = $1 and password_hash is not distinct from $2
            """,
            user_id,
            old,
            new,
            now,
        )
        return done == "UPDATE 1"

    async def strengthen(self, user_id: UUID, old: str, new: str) -> None:
        """Stores the same password hashed at another cost, unless it was changed meanwhile."""
        await self._pool.execute(
            "update account.account set password_hash = $3 where account_id = $1 and password_hash = $2",
            user_id,
            old,
            new,
        )


def account_of(row: Any) -> Account:
    return Account(
        user_id=row["account_id"],
        username=row["username"],
        email=row["email"] or "",
        display_name=row["display_name"],
        biography=row["biography"],
        roles=frozenset(map(Role, row["roles"])),
        version=row["version"],
        create_time=row["create_time"],
        update_time=row["update_time"],
        has_password=row["has_password"],
    )
