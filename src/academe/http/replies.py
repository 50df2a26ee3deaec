"""How what is published is answered for: what may be kept how long, what has not changed, what was wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from academe.db.errors import db_error
from academe.errors import AcademeError, Internal, InvalidArgument

FOREVER = "public, max-age=31536000, immutable"
"""For what can never be answered otherwise."""

SHORTLY = "public, max-age=5"
"""For what changes with the next thing that happens, in seconds."""

DAY = "public, max-age=86400"

_HEADERS = {"x-content-type-options": "nosniff", "access-control-allow-origin": "*"}
"""Everything here is public, for the pages of others too."""

_STATUS = {
    "INVALID_ARGUMENT": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 503,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 503,
}
"""HTTP for our codes; any other is a fault of ours, 500."""

_DIGITS_MAX = 18
"""Digits of a number that a bigint surely holds."""

Endpoint = Callable[[Request], Awaitable[Response]]


def reply(request: Request, content: bytes, media_type: str, cache: str) -> Response:
    """`content`, or 304 if that is what the asker has."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_HEADERS, "cache-control": cache, "etag": tag}
    known = [word.strip().removeprefix("W/") for word in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def reply_json(request: Request, value: object, cache: str) -> Response:
    return reply(request, json.dumps(value, ensure_ascii=False).encode(), "application/json", cache)


def guarded(endpoint: Endpoint, log: Any) -> Endpoint:
    """Answers with JSON of `reason` and `message` where `endpoint` raises. Faults of ours go to `log`."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as fault:
            known = fault if isinstance(fault, AcademeError) else db_error(fault)
            if known is None:
                log.error("a request over HTTP failed", path=request.url.path, exc_info=fault)
                known = Internal()
            return _refusal(known)

    return answer


def parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """What follows the question mark. Raises InvalidArgument for what is not known, or there twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise InvalidArgument.field(name, f"is not one of {', '.join(known)}")
        if name in found:
            raise InvalidArgument.field(name, "is there twice")
        found[name] = value
    return found


def number(found: dict[str, str], name: str, default: int) -> int:
    """Raises InvalidArgument for what is no whole number."""
    text = found.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise InvalidArgument.field(name, "must be a whole number of at most 18 digits")
    return int(text)


def digest(found: Mapping[str, str], name: str) -> bytes:
    """Raises InvalidArgument for what is no SHA-256 in hexadecimal."""
    try:
        value = bytes.fromhex(found[name])
    except ValueError:
        value = b""
    if len(value) != 32 or len(found[name]) != 64:
        raise InvalidArgument.field(name, "must be a SHA-256 of 64 hexadecimal digits")
    return value


def _refusal(error: AcademeError) -> Response:
    headers = {**_HEADERS, "cache-control": "no-store"}
    if error.retry_after_seconds is not None:
        headers["retry-after"] = str(max(1, round(error.retry_after_seconds)))
    body = json.dumps({"reason": error.reason, "message": error.message}, ensure_ascii=False).encode()
    return Response(body, _STATUS.get(error.code, 500), headers=headers, media_type="application/json")
