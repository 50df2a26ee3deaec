"""What tips need from the other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from academe.services.user import Account


class UserDirectory(Protocol):
    """Knows who people are."""

    async def get_accounts(self, ids: Sequence[UUID]) -> Mapping[UUID, Account]:
        """The accounts that exist, by id; an id that nobody has is left out and is not an error."""
        ...
