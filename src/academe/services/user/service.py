"""The rules of accounts: who may register, read and change what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from academe.caller import Caller, Role
from academe.clock import utcnow
from academe.errors import EtagMismatch, NotYourAccount, RequestIdReused, RoleRequired
from academe.etags import etag
from academe.ids import new_id
from academe.services.user import fields
from academe.services.user.credentials import Credentials
from academe.services.user.errors import (
    EducatorRegistrationClosed,
    LastAdministrator,
    UsernameTaken,
    UserNotFound,
)
from academe.services.user.model import Account, Changes, Edits, Registration, StoredPassword
from academe.services.user.password_rules import check_password_fit
from academe.services.user.passwords import Passwords
from academe.services.user.ports import SessionEnder
from academe.services.user.repository import UserRepository


class UserService:
    """Accounts and their passwords. Signing in is the auth service's, which asks `check_password`."""

    def __init__(
        self,
        repository: UserRepository,
        passwords: Passwords,
        sessions: SessionEnder,
        *,
        educator_registration_open: bool,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._passwords = passwords
        self._sessions = sessions
        self._credentials = Credentials(repository.passwords, passwords, clock)
        self._educators_register = educator_registration_open
        self._clock = clock

    async def register_user(
        self,
        *,
        username: str,
        email: str,
        password: str,
        display_name: str,
        educator: bool,
        request_id: UUID | None,
        request_hash: bytes | None,
    ) -> Account:
        """Makes an account; `display_name` may be empty. Never an administrator's.

        Whether a name or an address is taken is found out by the insert alone, after the hash: the answers
        "taken" and "yours" cost the same, and of two who ask at once exactly one is given it. A repeat with
        another password raises RequestIdReused, for nobody could sign in with that one.
        """
        if educator and not self._educators_register:
            raise EducatorRegistrationClosed
        username = fields.username(username)
        address = fields.email(email)
        name = fields.display_name(display_name or username)
        check_password_fit(password, username=username, email=address.key, field="password")
        first = await self._repository.find_registration(request_id, request_hash)
        if first is not None:
            return await self._repeated(first, password)
        if fields.username_key(username) in fields.RESERVED_USERNAMES:
            raise UsernameTaken
        hashed = await self._passwords.hash(password)
        stored = await self._repository.add_account(
            Registration(
                user_id=new_id(),
                username=username,
                email=address,
                display_name=name,
                roles=frozenset({Role.LEARNER, Role.EDUCATOR} if educator else {Role.LEARNER}),
                password_hash=hashed,
                request_id=request_id,
                request_hash=request_hash if request_id is not None else None,
                create_time=self._clock(),
            )
        )
        return stored.account if stored.password_hash == hashed else await self._repeated(stored, password)

    async def _repeated(self, first: StoredPassword, password: str) -> Account:
        """The account that a registration made before, unless it was with another password."""
        user_id = first.account.user_id
        if not await self._passwords.check(password, first.password_hash, user_id=user_id):
            raise RequestIdReused
        return first.account

    async def get_user(self, caller: Caller, user_id: UUID) -> Account:
        """An account as `caller` may see it. Raises UserNotFound."""
        account = await self._repository.get_account(user_id)
        if account is None:
            raise UserNotFound(user_id=user_id)
        return account.seen_by(caller)

    async def update_user(
        self, caller: Caller, user_id: UUID, edits: Edits, *, version: int | None = None
    ) -> Account:
        """Changes the fields that are not None; `version`, when given, must be the present one.

        Roles are for administrators to change; anybody may name them as they are, as a client does that
        sends an account back whole. When they change, the person's sessions end: before, so that a crash
        in between leaves nobody with roles they lost, and after, for those begun meanwhile.
        """
        if user_id != caller.user_id and not caller.is_administrator:
            raise NotYourAccount
        account = await self._repository.get_account(user_id)
        if account is None:
            raise UserNotFound(user_id=user_id)
        changes = _checked(edits, account, caller)
        now = self._clock()
        if changes.roles is None:
            return await self._repository.update_account(user_id, changes, version=version, now=now)
        # The update makes sure of both; these keep a refusal from signing anybody out.
        if version is not None and version != account.version:
            raise EtagMismatch(etag=etag(account.version))
        demoted = Role.ADMINISTRATOR in account.roles - changes.roles
        if demoted and not await self._repository.has_other_administrator(user_id):
            raise LastAdministrator
        await self._sessions.end_sessions(user_id)
        try:
            return await self._repository.update_account(user_id, changes, version=version, now=now)
        finally:
            await self._sessions.end_sessions(user_id)

    async def get_accounts(self, user_ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """Those accounts that exist, whole, for other services."""
        return await self._repository.get_accounts(user_ids)

    async def check_password(self, login: str, password: str) -> Account | None:
        """The account that this e-mail address or username and password belong to; see Credentials."""
        return await self._credentials.check(login, password)

    async def find_login(self, login: str) -> UUID | None:
        """Whose e-mail address or username this is; for the log, never for an answer."""
        return await self._credentials.find(login)

    async def set_password(
        self,
        user_id: UUID,
        current: str | None,
        new: str,
        *,
        end_others: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Sets a password. Raises CurrentPasswordWrong, PasswordUnfit, UserNotFound; see Credentials."""
        await self._credentials.set(user_id, current, new, end_others or _nobody)

    async def has_password(self, user_id: UUID) -> bool:
        """False also for somebody who does not exist."""
        account = await self._repository.get_account(user_id)
        return account is not None and account.has_password

    async def ensure_administrator(self) -> Account | None:
        """Makes the account `administrator`, without a password, if nobody runs the school.

        Returns the administrator whom nobody can sign in as yet, at this start or a later one, and None as
        soon as any administrator has a password. Safe for several processes at once.
        """
        everybody = await self._repository.add_first_administrator(
            new_id(), fields.ADMINISTRATOR_USERNAME, self._clock()
        )
        if any(account.has_password for account in everybody):
            return None
        return everybody[0] if everybody else None


async def _nobody() -> None:
    """For who sets a password that nobody can be signed in with."""


def _checked(edits: Edits, account: Account, caller: Caller) -> Changes:
    """The edits in the form to be stored, without those that change nothing."""
    username = fields.username(edits.username, "user.username") if edits.username is not None else None
    if username is not None and not caller.is_administrator:
        key = fields.username_key(username)
        if key in fields.RESERVED_USERNAMES and key != fields.username_key(account.username):
            raise UsernameTaken
    email = edits.email
    if email == account.email:  # also the empty one of an account that has none
        email = None
    roles = fields.roles(edits.roles, "user.roles") if edits.roles is not None else None
    if roles == account.roles:
        roles = None
    if roles is not None and not caller.is_administrator:
        raise RoleRequired(roles=Role.ADMINISTRATOR.name)
    return Changes(
        username=username,
        email=fields.email(email, "user.email") if email is not None else None,
        display_name=(
            fields.display_name(edits.display_name, "user.display_name")
            if edits.display_name is not None
            else None
        ),
        biography=(
            fields.biography(edits.biography, "user.biography") if edits.biography is not None else None
        ),
        roles=roles,
    )
