"""The user and auth services on a database, with no server around them and a clock that tests turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.secrets import Secrets
from academe.services.auth import AuthRepository, AuthService, Sessions, SigningKeys, TokenVerifier
from academe.services.auth.model import Tokens
from academe.services.user import Account, Passwords, UserRepository, UserService
from academe.services.user.model import Edits

PASSWORD = "correct horse battery staple"
ISSUER = "https://school.example.org"
ROOT = bytes(range(32))


class Clock:
    """Stands still until it is moved; `monotonic` moves with it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Identity:
    """What one server process has of these services. Two of them on one pool are two processes."""

    def __init__(self, pool: Pool, clock: Clock | None = None, *, cost: int = 4, root: bytes = ROOT) -> None:
        self.clock = clock or Clock()
        self.records: list[dict[str, Any]] = []
        log = structlog.wrap_logger(None, processors=[self._record])
        secrets = Secrets.from_bytes(root)
        self.repository = AuthRepository(pool)
        self.keys = SigningKeys(self.repository, secrets, self.clock)
        self.verifier = TokenVerifier(
            self.keys, self.repository, ISSUER, self.clock, monotonic=self.clock.monotonic
        )
        self.sessions = Sessions(self.repository, self.verifier, self.clock)
        self.passwords = Passwords(secrets, cost=cost, threads=1, log=log)
        self.user_repository = UserRepository(pool)
        self.users = UserService(
            self.user_repository,
            self.passwords,
            self.sessions,
            educator_registration_open=True,
            clock=self.clock,
        )
        self.auth = AuthService(
            self.repository,
            self.sessions,
            self.keys,
            self.verifier,
            self.users,
            access_token_lifetime=timedelta(minutes=15),
            session_lifetime=timedelta(days=30),
            log=log,
            clock=self.clock,
        )

    def _record(self, logger: Any, level: str, event: Any) -> Any:
        self.records.append({"level": level, **event})
        raise structlog.DropEvent

    async def open(self) -> Identity:
        await self.keys.load()
        return self

    async def close(self) -> None:
        await self.passwords.close()

    async def register(self, username: str = "", **changes: Any) -> Account:
        username = username or f"ada-{new_id().hex[-12:]}"
        fields: dict[str, Any] = {
            "username": username,
            "email": f"{username}@example.org",
            "password": PASSWORD,
            "display_name": "Ada Lovelace",
            "educator": False,
            "request_id": None,
            "request_hash": None,
        }
        return await self.users.register_user(**{**fields, **changes})

    async def administrator(self) -> Account:
        """A new account that was made an administrator."""
        account = await self.register()
        root = Caller(new_id(), new_id(), frozenset({Role.LEARNER, Role.ADMINISTRATOR}), self.clock())
        roles = account.roles | {Role.ADMINISTRATOR}
        return await self.users.update_user(root, account.user_id, Edits(roles=roles))

    async def sign_in(self, account: Account) -> Tokens:
        return await self.auth.authenticate_with_password(account.username, PASSWORD)

    def caller(self, account: Account) -> Caller:
        return Caller(account.user_id, new_id(), account.roles, self.clock())
