"""Ending sessions, so that their tokens stop at once here and within seconds elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from academe.clock import utcnow
from academe.services.auth.repository import AuthRepository


class Forgetful(Protocol):
    """Whoever remembers that sessions are alive."""

    def forget_session(self, session_id: UUID) -> None: ...


class Sessions:
    """Signs people out; what other services need of this one."""

    def __init__(
        self, repository: AuthRepository, verifier: Forgetful, clock: Callable[[], datetime] = utcnow
    ) -> None:
        self._repository = repository
        self._verifier = verifier
        self._clock = clock

    async def end_sessions(self, user_id: UUID, *, except_session: UUID | None = None) -> int:
        """Ends every session of a person, or all but one; returns how many there were."""
        ended = await self._repository.end_sessions(user_id, except_session, self._clock())
        for session_id in ended:
            self._verifier.forget_session(session_id)
        return len(ended)

    async def end_session(self, user_id: UUID, session_id: UUID) -> int:
        """Ends one session; returns 0 when it had ended already."""
        ended = await self._repository.end_session(user_id, session_id, self._clock())
        self._verifier.forget_session(session_id)
        return int(ended)
