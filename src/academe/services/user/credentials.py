"""Proving who one is with a password, and changing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from academe.errors import FieldViolation, Overloaded
from academe.services.user import fields
from academe.services.user.errors import CurrentPasswordWrong, UserNotFound
from academe.services.user.model import Account, StoredPassword
from academe.services.user.password_rules import check_password_fit
from academe.services.user.passwords import Passwords
from academe.services.user.repository_passwords import PasswordRepository

WRONG = FieldViolation("current_password", "is not the account's password")


class Credentials:
    """The part of UserService that touches passwords."""

    def __init__(
        self, repository: PasswordRepository, passwords: Passwords, clock: Callable[[], datetime]
    ) -> None:
        self._repository = repository
        self._passwords = passwords
        self._clock = clock

    async def check(self, login: str, password: str) -> Account | None:
        """The account that a username or e-mail address, in any case, and a password belong to, or None.

        One hash is checked whatever is wrong: no such account, one without a password, a wrong password.
        A hash of an older, lower cost is replaced after a right password.
        """
        found = await self._find(login)
        stored = found.password_hash if found is not None else None
        user_id = found.account.user_id if found is not None else None
        correct = await self._passwords.check(password, stored, user_id=user_id)
        if not correct or found is None or stored is None:
            return None
        if self._passwords.is_outdated(stored):
            await self._strengthen(found.account.user_id, stored, password)
        return found.account

    async def find(self, login: str) -> UUID | None:
        """Whose username or e-mail address this is."""
        found = await self._find(login)
        return found.account.user_id if found is not None else None

    async def set(
        self, user_id: UUID, current: str | None, new: str, end_others: Callable[[], Awaitable[object]]
    ) -> None:
        """Replaces the password; `current` is not looked at while there is none.

        `end_others` signs out whoever the change is to keep out: before it, so that a crash in between leaves
        nobody signed in with the old password, and after it, for those who signed in meanwhile.

        Succeeds also when `new` is the password already, so that a repeat of a call whose answer was lost is
        not told that its `current` is wrong. Of two different changes at once the later one is refused.
        """
        found = await self._repository.get(user_id)
        if found is None:
            raise UserNotFound(user_id=user_id)
        account, stored = found.account, found.password_hash
        if stored is not None and not await self._passwords.check(current or "", stored, user_id=user_id):
            if await self._passwords.check(new, stored, user_id=user_id):
                await end_others()
                return
            raise CurrentPasswordWrong(violations=[WRONG])
        check_password_fit(new, username=account.username, email=account.email, field="new_password")
        hashed = await self._passwords.hash(new)
        await end_others()
        try:
            replaced = await self._repository.replace(user_id, stored, hashed, self._clock())
        finally:
            await end_others()
        if not replaced:
            raise CurrentPasswordWrong(violations=[WRONG])

    async def _find(self, login: str) -> StoredPassword | None:
        key = fields.login_key(login)
        return await self._repository.find_login(key) if key is not None else None

    async def _strengthen(self, user_id: UUID, stored: str, password: str) -> None:
        with suppress(Overloaded):  # then at one of the next sign-ins, when there is time
            await self._repository.strengthen(user_id, stored, await self._passwords.hash(password))
