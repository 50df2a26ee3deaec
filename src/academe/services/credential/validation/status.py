"""Whether a credential was revoked or suspended: by the status lists that it names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.services.credential.model import CredentialState
from academe.services.credential.standards.errors import Malformed, Refused
from academe.services.credential.standards.status_list import decode
from academe.services.credential.statuses.repository import StatusRepository
from academe.services.credential.validation.checks import (
    check_structure,
    check_validity,
    failed,
    issuer_of,
    many,
    passed,
    unknown,
)
from academe.services.credential.validation.fetch import Fetcher, Unreachable
from academe.services.credential.validation.forms import Presented, read
from academe.services.credential.validation.model import Check, CheckName, CheckResult, Verdict

_VERDICTS = {"revocation": Verdict.REVOKED, "suspension": Verdict.SUSPENDED}
_WORDS = {"revocation": "revoked", "suspension": "suspended"}
_STATES = {"revocation": CredentialState.REVOKED, "suspension": CredentialState.SUSPENDED}

ENTRIES_MAX = 4
"""Of a credential: revocation, suspension and room for what others think of. Each may cost a question."""

LIST_BITS_MAX = 4_194_304
"""Of a list: half a megabyte when it is unpacked."""

Prove = Callable[[Presented, str], Awaitable[Check]]
"""Checks a document's signature as one of this issuer."""


class StatusChecker:
    """Looks positions up: in our own rows, or in the lists of others."""

    def __init__(self, statuses: StatusRepository, fetcher: Fetcher, *, base_uri: str) -> None:
        self._statuses = statuses
        self._fetcher = fetcher
        self._ours = f"{base_uri}/status/"

    async def check(self, document: Mapping[str, Any], now: datetime, prove: Prove) -> Check:
        """The worst of the entries."""
        entries = many(document.get("credentialStatus"))
        if not entries:
            return passed(CheckName.STATUS, "It names no status list: its issuer does not revoke it.")
        if len(entries) > ENTRIES_MAX:
            return unknown(CheckName.STATUS, f"It names more than {ENTRIES_MAX} status lists.")
        found = [await self._entry(entry, document, now, prove) for entry in entries]
        for result in (CheckResult.FAIL, CheckResult.UNKNOWN):
            for check in found:
                if check.result is result:
                    return check
        return passed(CheckName.STATUS, "It is neither revoked nor suspended.")

    async def _entry(self, entry: Any, document: Mapping[str, Any], now: datetime, prove: Prove) -> Check:
        name = CheckName.STATUS
        try:
            purpose, list_uri, position = _place(entry)
            if list_uri.startswith(self._ours):
                is_set = await self._ours_set(list_uri, purpose, position)
            else:
                is_set = await self._others_set(list_uri, purpose, position, issuer_of(document), now, prove)
        except (Refused, Unreachable, _UntrustedError) as error:
            return unknown(name, f"Its status cannot be found out: {error}")
        if not is_set:
            return passed(name, f"It is not {_WORDS[purpose]}.")
        return failed(name, f"It is {_WORDS[purpose]}, by {list_uri}.", _VERDICTS[purpose])

    async def _ours_set(self, list_uri: str, purpose: str, position: int) -> bool:
        """One row instead of a list: the lists are made of these rows."""
        try:
            list_id = UUID(list_uri.removeprefix(self._ours).partition("/")[0])
        except ValueError:
            raise _UntrustedError(f"{list_uri} is no list of this school.") from None
        state = await self._statuses.get_state(list_id, position)
        if state is None or list_uri != f"{self._ours}{list_id}/{purpose}":
            raise _UntrustedError(f"{list_uri} has no position {position}.")
        return state is _STATES[purpose]

    async def _others_set(
        self, list_uri: str, purpose: str, position: int, issuer: str, now: datetime, prove: Prove
    ) -> bool:
        """Source: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm."""
        presented = read(await self._fetcher.get(list_uri))
        listing = presented.document
        if check_structure(listing) != issuer:
            raise _UntrustedError(f"{list_uri} is another issuer's list.")
        if listing.get("id", list_uri) != list_uri or not _is_list(listing):
            raise _UntrustedError(f"{list_uri} is not the list that it should be.")
        proof = await prove(presented, issuer)
        if proof.result is not CheckResult.PASS:
            raise _UntrustedError(f"{list_uri} is not genuine: {proof.reason}")
        validity = check_validity(listing, now)
        if validity.result is not CheckResult.PASS:
            raise _UntrustedError(f"{list_uri} is out of date: {validity.reason}")
        subject = listing.get("credentialSubject")
        if not isinstance(subject, Mapping) or purpose not in many(subject.get("statusPurpose")):
            raise _UntrustedError(f"{list_uri} is not about {purpose}.")
        encoded = subject.get("encodedList")
        if not isinstance(encoded, str):
            raise Malformed("/credentialSubject/encodedList", "is missing")
        return decode(encoded, LIST_BITS_MAX).get(position)


def _is_list(listing: Mapping[str, Any]) -> bool:
    """Else any document of the issuer's could be put in the place of a list."""
    subject = listing.get("credentialSubject")
    return (
        "BitstringStatusListCredential" in many(listing.get("type"))
        and isinstance(subject, Mapping)
        and "BitstringStatusList" in many(subject.get("type"))
    )


class _UntrustedError(Exception):
    """What was found says nothing."""


def _place(entry: Any) -> tuple[str, str, int]:
    """Purpose, list and position. Raises Malformed, and _UntrustedError for what we do not understand."""
    path = "/credentialStatus"
    if not isinstance(entry, Mapping):
        raise Malformed(path, "must be an object")
    if "BitstringStatusListEntry" not in many(entry.get("type")):
        raise _UntrustedError("it is told in another way than by a BitstringStatusListEntry.")
    purpose, list_uri = entry.get("statusPurpose"), entry.get("statusListCredential")
    position = entry.get("statusListIndex")
    if not isinstance(purpose, str) or purpose not in _VERDICTS:
        raise _UntrustedError(f"the purpose {purpose!r} is not known here.")
    if entry.get("statusSize", 1) != 1:
        raise _UntrustedError("entries of more than a bit are not known here.")
    if not isinstance(list_uri, str):
        raise Malformed(f"{path}/statusListCredential", "must be an address")
    if not isinstance(position, str) or not position.isascii() or not position.isdigit() or len(position) > 9:
        raise Malformed(f"{path}/statusListIndex", "must be a number as a string")
    return purpose, list_uri, int(position)
