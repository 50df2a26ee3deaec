"""Access tokens: JWTs of one strict profile (RFC 9068), read with suspicion.

`write` makes exactly one shape of token and `read` takes no other. joserfc checks the signature; what a
library leaves to its user is checked here first: the header has three members and no others, so that no
token brings its own key (jku, x5u, jwk) or its own rules (crit, b64), no JSON object has a member twice, and
times are whole numbers of this calendar.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from academe.caller import Role
from academe.errors import TokenExpired, TokenInvalid
from academe.ids import new_id

ALGORITHM = "ES256"
TYPE = "at+jwt"
AUDIENCE = "academe"
CLIENT_ID = "academe"
"""RFC 9068 wants the name of the client; people sign in to the school itself."""

CLOCK_SKEW_SECONDS = 60
"""How far ahead the clock of the server that made a token may be."""

_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM])
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_ROLE_NAMES = {role: role.name.lower() for role in Role}
_ROLES = {name: role for role, name in _ROLE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. Times are whole seconds."""

    user_id: UUID
    session_id: UUID
    roles: frozenset[Role]
    authenticate_time: datetime
    issue_time: datetime
    expire_time: datetime


def write(claims: Claims, *, issuer: str, kid: str, key: ECKey) -> str:
    """A signed token of about 600 characters."""
    payload = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(claims.user_id),
        "sid": str(claims.session_id),
        "iat": int(claims.issue_time.timestamp()),
        "exp": int(claims.expire_time.timestamp()),
        "auth_time": int(claims.authenticate_time.timestamp()),
        "jti": str(new_id()),
        "client_id": CLIENT_ID,
        "roles": [_ROLE_NAMES[role] for role in sorted(claims.roles)],
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": kid}
    return jws.serialize_compact(header, json.dumps(payload, separators=(",", ":")), key, registry=_REGISTRY)


def key_id(token: str) -> str:
    """The kid that a token names, its header being of our profile. Raises TokenInvalid."""
    header = _object(token.partition(".")[0])
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise TokenInvalid
    return _text(header["kid"])


def read(token: str, *, issuer: str, key: ECKey, now: datetime) -> Claims:
    """The claims of a token that is signed with `key`, meant for us and still good.

    Raises TokenInvalid, or TokenExpired for one that is right in all but its time. `key_id` has checked the
    header.
    """
    parts = token.split(".")
    if len(parts) != 3 or not all(map(_BASE64URL.fullmatch, parts)):
        raise TokenInvalid
    try:
        jws.deserialize_compact(token, key, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise TokenInvalid from error
    found = _object(parts[1])
    if (found.get("iss"), found.get("aud"), found.get("client_id")) != (issuer, AUDIENCE, CLIENT_ID):
        raise TokenInvalid
    _text(found.get("jti"))
    claims = Claims(
        user_id=_uuid(found.get("sub")),
        session_id=_uuid(found.get("sid")),
        roles=_roles(found.get("roles")),
        authenticate_time=_time(found.get("auth_time")),
        issue_time=_time(found.get("iat")),
        expire_time=_time(found.get("exp")),
    )
    latest = now.timestamp() + CLOCK_SKEW_SECONDS
    if claims.issue_time.timestamp() > latest or _time(found.get("nbf", 0)).timestamp() > latest:
        raise TokenInvalid
    if claims.expire_time <= now:
        raise TokenExpired
    return claims


def _object(part: str) -> dict[str, Any]:
    if not _BASE64URL.fullmatch(part):
        raise TokenInvalid
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        found = json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise TokenInvalid from error
    if not isinstance(found, dict):
        raise TokenInvalid
    return found


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TokenInvalid
    return value


def _uuid(value: object) -> UUID:
    try:
        found = UUID(_text(value))
    except ValueError as error:
        raise TokenInvalid from error
    if str(found) != value:
        raise TokenInvalid
    return found


def _time(value: object) -> datetime:
    if type(value) is not int or value < 0:  # neither a fraction nor a bool, which is an int in Python
        raise TokenInvalid
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:  # after the year 9999, long before 2^53
        raise TokenInvalid from error


def _roles(value: object) -> frozenset[Role]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name in _ROLES for name in value):
        raise TokenInvalid
    return frozenset(_ROLES[name] for name in value)
