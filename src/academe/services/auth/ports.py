"""What signing in needs from the other services."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from academe.services.user import Account


class Accounts(Protocol):
    """The people who sign in."""

    async def get_accounts(self, user_ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """Those that exist, as they are now: a change committed before the call is seen."""
        ...

    async def check_password(self, login: str, password: str) -> Account | None:
        """The account as it was read before the check, or None.

        Takes the same time for an account that does not exist, has no password, or has another one. Raises
        Overloaded when too many are being checked.
        """
        ...

    async def find_login(self, login: str) -> UUID | None:
        """Whose e-mail address or username this is; for the log."""
        ...

    async def set_password(
        self,
        user_id: UUID,
        current: str | None,
        new: str,
        *,
        end_others: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Sets a password, raising the account's version.

        Awaits `end_others` before the change and after it, and not when it is refused from the start.
        Raises CurrentPasswordWrong when `current` is not the present one, PasswordUnfit, UserNotFound.
        Succeeds when `new` is the present one already.
        """
        ...
