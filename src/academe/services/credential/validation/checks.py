"""What can be looked at in a document alone: its shape, its dates and its recipient."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from academe.services.credential.standards.contexts import CREDENTIALS_V1, CREDENTIALS_V2
from academe.services.credential.standards.errors import Malformed
from academe.services.credential.standards.jose import claimed_time
from academe.services.credential.validation.model import Check, CheckName, CheckResult, Verdict

CLOCKS = timedelta(minutes=5)
"""How far an issuer's clock may be ahead of ours."""

_HASHES: dict[str, Callable[[bytes], Any]] = {
    "sha256": hashlib.sha256,
    "md5": partial(hashlib.md5, usedforsecurity=False),
}
"""Those of Open Badges 3.0. MD5 is broken for who chooses both texts; here the issuer has signed one."""


def passed(name: CheckName, reason: str) -> Check:
    return Check(name, CheckResult.PASS, reason)


def failed(name: CheckName, reason: str, verdict: Verdict = Verdict.INVALID) -> Check:
    return Check(name, CheckResult.FAIL, reason, verdict)


def unknown(name: CheckName, reason: str) -> Check:
    return Check(name, CheckResult.UNKNOWN, reason)


def check_structure(document: Mapping[str, Any]) -> str:
    """Whether it is a credential of the W3C data model, 2.0 or 1.1; answers with the issuer's identifier.

    Raises Malformed. Source: https://www.w3.org/TR/vc-data-model-2.0/#basic-concepts.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] not in (CREDENTIALS_V1, CREDENTIALS_V2):
        raise Malformed("/@context", f"must be a list that begins with {CREDENTIALS_V2}")
    if "VerifiableCredential" not in many(document.get("type")):
        raise Malformed("/type", "must contain VerifiableCredential")
    if not document.get("credentialSubject"):
        raise Malformed("/credentialSubject", "is missing")
    return issuer_of(document)


def issuer_of(document: Mapping[str, Any]) -> str:
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not isinstance(named, str) or ":" not in named:
        raise Malformed("/issuer", "must be an identifier, or have one as its id")
    return named


def check_validity(document: Mapping[str, Any], now: datetime) -> Check:
    """Between its dates."""
    name = CheckName.VALIDITY
    try:
        begins, ends = begin_of(document), end_of(document)
    except Malformed as error:
        return failed(name, f"{error.path} {error.reason}")
    if begins is not None and begins > now + CLOCKS:
        return failed(name, f"Valid from {begins.isoformat()}.", Verdict.NOT_YET_VALID)
    if ends is not None and ends <= now:
        return failed(name, f"Expired on {ends.isoformat()}.", Verdict.EXPIRED)
    return passed(name, f"Valid until {ends.isoformat()}." if ends is not None else "It does not expire.")


def begin_of(document: Mapping[str, Any]) -> datetime | None:
    """From when it is valid: where that is said more than once, the latest. Raises Malformed."""
    return max(_times(document, ("validFrom", "issuanceDate"), "nbf"), default=None)


def end_of(document: Mapping[str, Any]) -> datetime | None:
    """Until when it is valid: where that is said more than once, the earliest. Raises Malformed."""
    return min(_times(document, ("validUntil", "expirationDate"), "exp"), default=None)


def _times(document: Mapping[str, Any], fields: Iterable[str], claim: str) -> Iterator[datetime]:
    """By its names in the data model 2.0 and in 1.1, and as a claim, which only tokens have."""
    for field in fields:
        if document.get(field) is not None:
            yield _time(document[field], field)
    claimed = claimed_time(document, claim)
    if claimed is not None:
        yield claimed


def _time(value: object, field: str) -> datetime:
    """Raises Malformed for a time without an offset."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first day of the year 1 is not in it everywhere
        pass
    raise Malformed(f"/{field}", "must be a time with an offset, such as 2026-01-31T12:00:00Z")


def check_recipient(document: Mapping[str, Any], expected: Mapping[str, str]) -> Check:
    """Whether it was issued to whom it is said to belong. `expected` is by identityType."""
    name = CheckName.RECIPIENT
    identities = list(_identities(document))
    for kind, value in expected.items():
        told = [_is_of(one, value) for one in identities if one.get("identityType") == kind]
        if not told:
            return unknown(name, f"It does not say what {kind} it was issued to.")
        if True not in told:
            if None in told:
                return unknown(name, f"Its {kind} is hashed in a way that is not known here.")
            return failed(name, f"It was issued to another {kind}.")
    return passed(name, "It was issued to who is expected.")


def _identities(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for subject in many(document.get("credentialSubject")):
        if isinstance(subject, Mapping):
            for one in many(subject.get("identifier")):
                if isinstance(one, Mapping):
                    yield one


def _is_of(identity: Mapping[str, Any], value: str) -> bool | None:
    """None when it is hashed in a way that is not known here."""
    stated, salt = identity.get("identityHash"), identity.get("salt", "")
    if not isinstance(stated, str) or not isinstance(salt, str):
        return False
    if not identity.get("hashed"):
        return stated.casefold() == value.casefold()
    algorithm, _, digest = stated.partition("$")
    hashed = _HASHES.get(algorithm.lower())
    if hashed is None:
        return None
    return any(
        hmac.compare_digest(digest.lower().encode(), hashed(f"{one}{salt}".encode()).hexdigest().encode())
        for one in _spellings(value)
    )


def _spellings(value: str) -> set[str]:
    """As it was typed, and as it may have been hashed: Open Badges leave that open. Ours is one of these."""
    plain = unicodedata.normalize("NFC", value).strip()
    return {value, plain, plain.lower()} if "@" in plain else {value, plain}


def many(value: Any) -> list[Any]:
    """JSON-LD lets a single value stand for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]
