"""What accounts need from the other services."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class SessionEnder(Protocol):
    """Signs people out."""

    async def end_sessions(self, user_id: UUID) -> int:
        """Ends every session of a person and returns how many there were; none is not an error.

        When it returns, no token of theirs works on this server, and within seconds on no other.
        """
        ...
