"""Who is calling, and whether they may: the access option of the contract, enforced."""

from __future__ import annotations

import time
from typing import Any, Protocol

from academe.caller import Caller
from academe.errors import RoleRequired, SessionEnded, TokenInvalid, TokenMissing
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler

TOKEN_MAX = 4096
"""Characters. Ours are under 700; anything longer is refused before a byte of it is decoded."""


class TokenVerifier(Protocol):
    """What the pipeline needs from whoever makes access tokens."""

    def cached(self, token: str) -> Caller | None:
        """The caller of a token that was verified before and still holds; None means: verify it."""
        ...

    async def verify(self, token: str) -> Caller:
        """Verifies a token. Raises TokenInvalid, TokenExpired or SessionEnded."""
        ...


class Access:
    """Lets through who may call a method; anonymous callers only where the contract says PUBLIC."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    def bind(self, method: Method, following: Handler) -> Handler:
        if method.public:
            return following
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
