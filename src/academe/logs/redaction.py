"""What never reaches a log: values under names that sound secret, and secrets inside text.

Three nets, because each has holes: names of fields (`is_secret`), the shapes secrets have in text (`scrub`),
and for warnings and failures the secrets in the variables around (`secrets_at_hand`), wherever repeated.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from types import FrameType
from typing import Any

from google.protobuf.message import Message

from academe.rpc.call import Call
from academe.rpc.safe_fields import sensitive_values
from academe.rpc.status import STATUS_CODES

REDACTED = "[redacted]"

SECRET_LENGTH_MIN = 4
"""Characters; a shorter one cannot be told from ordinary text, and taking out every "a" hides nothing."""

_SECRET_WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "pin", "otp", "code", "codes", "secret", "secrets", "dsn"}
    | {"token", "tokens", "jwt", "bearer", "refresh", "authorization", "cookie", "apikey"}
)
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key")})
_INNOCENT = frozenset(
    {"status_code", "exit_code", "error_code", "currency_code", "country_code", "token_type", "page_token"}
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_NAMES = (
    r"(?:password|passwd|passphrase|secret|token|authorization|cookie|api_?key|private_?key|secret_?key|otp)"
)
_QUOTED = r"""[bru]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)"""
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # postgresql://user:password@host; a password may hold a slash or an @ that somebody did not escape
    (re.compile(r"(://[^\s:@/'\"]{0,64}):[^\s'\"]{0,1024}@"), rf"\1:{REDACTED}@"),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}"), REDACTED),  # a JWT, whole or cut short
    (re.compile(r"(?i)\b(bearer|basic) +[\w.~+/=-]+"), rf"\1 {REDACTED}"),
    # password: "…" of a message, password='…' of a dataclass, "password": "…" of JSON; codes only when quoted
    (
        re.compile(rf"(?i)({_NAMES}[\w-]{{0,32}}[\"']?\s{{0,8}}[:=]\s{{0,8}})(?:{_QUOTED}|[^\s,;)}}\]\"']+)"),
        rf"\1{REDACTED}",
    ),
    (re.compile(rf"(?i)(\b\w{{0,32}}code[\"']?\s{{0,8}}[:=]\s{{0,8}}){_QUOTED}"), rf"\1{REDACTED}"),
    # PostgreSQL and asyncpg repeat the values they refuse
    (re.compile(r"(Failing row contains \()[^\n]*"), rf"\1{REDACTED})"),
    (re.compile(r"(Key \([^\n)]{0,256}\)=\()[^\n]*"), rf"\1{REDACTED})"),
    (re.compile(r"(invalid input syntax for [\w ]{1,64}: )[^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"(invalid input for query argument \$\d+: )[^\n]*"), rf"\1{REDACTED}"),
)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a field or variable of this name holds a secret: password, refresh_token, oneTimeCode."""
    if name.lower() in _INNOCENT:
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    return not _SECRET_WORDS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def may_show(name: str, value: object) -> bool:
    """Whether a field's value may be written down. `code` is the status of a call, and nothing else."""
    return not is_secret(name) or value is None or (name == "code" and value in STATUS_CODES)


def scrub(text: str, known: Collection[str] = ()) -> str:
    """Text that came from elsewhere (a library, an exception, a repr), without the `known` secrets and
    without what looks like one."""
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def secrets_at_hand(error: BaseException | None) -> set[str]:
    """The secrets that whoever logs now can see, and those that were at hand where `error` or one of its
    causes was raised: any of them may be in a message that somebody put together.

    They are the sensitive fields of messages, the call's own token, and variables whose names sound secret.
    """
    found: set[str] = set()
    for variables in (*_stack(), *_frames_of(error)):
        for name, value in variables.items():
            for secret in _secrets_in(name, value):
                found.update(text for text in _spellings(secret) if len(text) >= SECRET_LENGTH_MIN)
    return found


def _stack() -> Iterator[Mapping[str, Any]]:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        yield frame.f_locals
        frame = frame.f_back


def _frames_of(error: BaseException | None) -> Iterator[Mapping[str, Any]]:
    seen: set[int] = set()
    pending = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        pending += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            pending += each.exceptions
        for frame, _ in traceback.walk_tb(each.__traceback__):
            yield frame.f_locals


def _secrets_in(name: str, value: object) -> Iterator[str | bytes]:
    if isinstance(value, Message):
        yield from sensitive_values(value)
    elif isinstance(value, Call):
        yield from (text for key, text in value.metadata if is_secret(key))
    elif isinstance(value, str | bytes) and not may_show(name, value):
        yield value


def _spellings(value: str | bytes) -> Iterator[str]:
    """How a secret may stand in text: as it is, and as repr() writes it."""
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        yield repr(value)[2:-1]
        return
    yield value
    yield repr(value)[1:-1]
    yield from ([value[7:]] if value[:7].lower() == "bearer " else [])
