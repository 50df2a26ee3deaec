"""Who a token speaks for: verified once, remembered until it expires or its session ends.

A remembered token is trusted as long as all remembered sessions were found alive a moment ago. `revalidate`
asks that for all of them together, every two seconds; a session that this process ended is forgotten at once.
When the database cannot be asked for five seconds, nothing is taken from memory any more: a sign-out is never
later than that anywhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.db.errors import db_error
from academe.errors import SessionEnded, TokenExpired, TokenInvalid
from academe.services.auth import access_tokens
from academe.services.auth.repository import AuthRepository
from academe.services.auth.signing_keys import SigningKeys

REVALIDATE_SECONDS = 2.0
TRUST_SECONDS = 5.0
"""The promise of the contract (AuthService.Logout): no token outlives its session by more than this."""

TOKENS_MAX = 20_000
"""Remembered tokens, at about 1.5 kB each."""

ENDED_MAX = 10_000
"""Remembered sessions that ended, so that their tokens are refused without asking."""

SESSIONS_PER_QUERY = 2_000
"""Of a revalidation; encoding more would hold up the event loop for over a millisecond."""


@dataclass(slots=True)
class _Entry:
    caller: Caller
    expires: float
    """When the token or its session does, on the monotonic clock."""


class TokenVerifier:
    """Satisfies academe.rpc.access.TokenVerifier."""

    def __init__(
        self,
        keys: SigningKeys,
        repository: AuthRepository,
        issuer: str,
        clock: Callable[[], datetime] = utcnow,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._repository = repository
        self.issuer = issuer
        self._clock = clock
        self._monotonic = monotonic
        self._entries: dict[str, _Entry] = {}
        self._sessions: dict[UUID, tuple[UUID, set[str]]] = {}
        """Session -> its user and its remembered tokens."""
        self._ended: dict[UUID, None] = {}
        self._trusted_until = float("-inf")

    def cached(self, token: str) -> Caller | None:
        """The caller of a token that was verified before and still holds; None means: verify it."""
        entry = self._entries.get(token)
        if entry is None:
            return None
        now = self._monotonic()
        if now >= entry.expires or now >= self._trusted_until:
            return None
        return entry.caller

    async def verify(self, token: str) -> Caller:
        """Verifies a token, and that its session lives. Raises TokenInvalid, TokenExpired or SessionEnded."""
        entry = self._entries.get(token)
        if entry is None:
            entry = await self._check(token)
        elif self._monotonic() >= entry.expires:
            self._drop(token, entry)
            raise TokenExpired
        caller = entry.caller
        if caller.session_id in self._ended:
            raise SessionEnded
        session = await self._repository.get_live_session(caller.user_id, caller.session_id)
        # It may have ended in this process while the database was asked.
        if session is None or session.expire_time <= self._clock() or caller.session_id in self._ended:
            self.forget_session(caller.session_id)
            raise SessionEnded
        if token not in self._entries:
            self._remember(token, entry)
        return caller

    def forget_session(self, session_id: UUID) -> None:
        """Refuses the tokens of a session from now on."""
        self._ended[session_id] = None
        if len(self._ended) > ENDED_MAX:
            del self._ended[next(iter(self._ended))]
        _, tokens = self._sessions.pop(session_id, (None, ()))
        for token in tokens:
            self._entries.pop(token, None)

    async def revalidate(self) -> None:
        """Forgets the remembered sessions that were ended anywhere. Raises errors of the database."""
        started = self._monotonic()
        for token, entry in list(self._entries.items()):
            if started >= entry.expires:
                self._drop(token, entry)
        asked = [(user_id, session_id) for session_id, (user_id, _) in self._sessions.items()]
        for start in range(0, len(asked), SESSIONS_PER_QUERY):
            some = asked[start : start + SESSIONS_PER_QUERY]
            for session_id in await self._repository.get_ended_sessions(some):
                self.forget_session(session_id)
        self._trusted_until = started + TRUST_SECONDS

    async def run_revalidation(self) -> None:
        """Revalidates, and reads new signing keys, for as long as it runs. Endures an absent database."""
        while True:
            try:
                await self.revalidate()
                await self._keys.reload()
            except Exception as error:
                if db_error(error) is None:
                    raise
            await asyncio.sleep(REVALIDATE_SECONDS)

    async def _check(self, token: str) -> _Entry:
        key = await self._keys.find(access_tokens.key_id(token))
        if key is None:
            raise TokenInvalid
        now = self._clock()
        claims = access_tokens.read(token, issuer=self.issuer, key=key.key, now=now)
        caller = Caller(claims.user_id, claims.session_id, claims.roles, claims.authenticate_time)
        return _Entry(caller, self._monotonic() + (claims.expire_time - now).total_seconds())

    def _remember(self, token: str, entry: _Entry) -> None:
        if len(self._entries) >= TOKENS_MAX:
            # The first one in is the nearest to its end; finding the least used would cost every call.
            oldest = next(iter(self._entries))
            self._drop(oldest, self._entries[oldest])
        self._entries[token] = entry
        _, tokens = self._sessions.setdefault(entry.caller.session_id, (entry.caller.user_id, set()))
        tokens.add(token)

    def _drop(self, token: str, entry: _Entry) -> None:
        if self._entries.pop(token, None) is None:
            return
        found = self._sessions.get(entry.caller.session_id)
        if found is not None:
            found[1].discard(token)
            if not found[1]:
                del self._sessions[entry.caller.session_id]
