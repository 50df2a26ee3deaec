"""Who is calling, and whether they may: the access option of the contract, enforced."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

from academe.caller import Caller
from academe.errors import (
    Overloaded,
    RoleRequired,
    SessionEnded,
    TokenInvalid,
    TokenMissing,
    Unauthenticated,
)
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler

TOKEN_MAX = 4096
"""Characters. Ours are under 700; anything longer is refused before a byte of it is decoded."""

RECHECK_SECONDS = 1.0
"""How often open streams are let in again; a logout is felt within this and the verifier's own bound."""

STREAMS_EACH_MAX = 100
"""Open streams of one person, so that nobody takes everybody's."""


class TokenVerifier(Protocol):
    """What the pipeline needs from whoever makes access tokens."""

    def cached(self, token: str) -> Caller | None:
        """The caller of a token that was verified before and still holds; None means: verify it."""
        ...

    async def verify(self, token: str) -> Caller:
        """Verifies a token. Raises TokenInvalid, TokenExpired or SessionEnded."""
        ...


class Access:
    """Lets through who may call a method; anonymous callers only where the contract says PUBLIC.

    A stream is let through again and again while it is open, by `run`: it ends with its session.
    """

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier
        self._open: dict[asyncio.Task[Any], _Stream] = {}

    def bind(self, method: Method, following: Handler) -> Handler:
        if method.public:
            return following
        if method.server_streaming:
            following = self._while_let_in(following)
        verifier, roles = self._verifier, method.roles
        max_age = method.max_authentication_age_seconds

        async def allowed(request: Any, call: Call) -> Any:
            token = _bearer(call.metadata)
            caller = verifier.cached(token) or await verifier.verify(token)
            call.caller = caller
            if roles and not roles & caller.roles:
                raise RoleRequired(roles=",".join(sorted(role.name for role in roles)))
            if max_age is not None and time.time() - caller.authenticate_time.timestamp() > max_age:
                raise SessionEnded("This needs a sign-in more recent than that; authenticate again.")
            return await following(request, call)

        return allowed

    def _while_let_in(self, following: Handler) -> Handler:
        async def watched(request: Any, call: Call) -> Any:
            task = asyncio.current_task()
            assert task is not None and call.caller is not None  # noqa: S101, PT018  # as for every call
            stream = _Stream(_bearer(call.metadata), call.caller)
            mine = sum(other.caller.user_id == stream.caller.user_id for other in self._open.values())
            if mine >= STREAMS_EACH_MAX:
                raise Overloaded(retry_after_seconds=1.0)
            self._open[task] = stream
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                if stream.refusal is None:
                    raise
                task.uncancel()
                raise stream.refusal from None
            finally:
                del self._open[task]

        return watched

    async def run(self) -> None:
        """Ends the streams of sessions that have ended and of tokens that have expired. Runs for ever."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            for task, stream in list(self._open.items()):
                refusal = await self._refusal(stream.token)
                if refusal is not None and task in self._open:
                    stream.refusal = refusal
                    task.cancel()

    async def _refusal(self, token: str) -> Unauthenticated | None:
        if self._verifier.cached(token) is not None:
            return None
        try:
            await self._verifier.verify(token)
        except Unauthenticated as refusal:
            return refusal
        except Exception:
            return None  # an absent database ends no stream; it is asked again
        return None


class _Stream:
    """An open stream: by which token it was let in, whose it is, and why it is being ended."""

    __slots__ = ("caller", "refusal", "token")

    def __init__(self, token: str, caller: Caller) -> None:
        self.token = token
        self.caller = caller
        self.refusal: Unauthenticated | None = None


def _bearer(metadata: tuple[tuple[str, str | bytes], ...]) -> str:
    found: str | bytes | None = None
    for key, value in metadata:
        if key == "authorization":
            if found is not None:
                raise TokenMissing  # two values: which one counts would be a guess
            found = value
    if not isinstance(found, str) or found[:7].lower() != "bearer ":
        raise TokenMissing
    token = found[7:]
    if len(token) > TOKEN_MAX:
        raise TokenInvalid
    return token
