"""Whose key a signature was made with: ours from the database, others' from where their identifier says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from academe.clock import utcnow
from academe.services.credential.keys import Issuers, KeyState, KeyUse
from academe.services.credential.standards import did as dids
from academe.services.credential.standards import strict_json
from academe.services.credential.standards.did import DidDocument
from academe.services.credential.standards.errors import Refused, quoted
from academe.services.credential.standards.multikey import PublicKey
from academe.services.credential.validation.fetch import Fetcher, Unreachable

_SIGNS = {KeyUse.DOCUMENT: "documents", KeyUse.TOKEN: "tokens"}


class NoKey(Exception):
    """The key is not one that the issuer may sign with. The text says why."""


class KeyUnknown(Exception):
    """Whether it is cannot be found out. The text says why."""


class KeyFinder:
    """Finds the public half of a verification method, always in the issuer's own key document."""

    def __init__(self, issuers: Issuers, fetcher: Fetcher, *, clock: Callable[[], datetime] = utcnow) -> None:
        self._issuers = issuers
        self._fetcher = fetcher
        self._clock = clock

    async def find(self, method: str, issuer_did: str, use: KeyUse) -> PublicKey:
        """The key named `method`, for signatures of `issuer_did` on documents or on tokens; keys of others
        say nothing of that. Raises NoKey and KeyUnknown."""
        owner = method.partition("#")[0]
        is_ours = await self._issuers.by_did(issuer_did) is not None
        if owner != issuer_did:
            if not is_ours and not owner.startswith("did:"):
                raise KeyUnknown(f"The key {quoted(method)} is not named by the issuer's identifier.")
            raise NoKey(f"The key {method} is not one of the issuer {issuer_did}.")
        ours = await self._issuers.find_key(method)
        if ours is not None:
            if ours.state is KeyState.COMPROMISED:
                raise NoKey(f"The key {method} is compromised: nothing it signed is good any more.")
            if ours.use is not use:
                raise NoKey(f"The key {method} is for {_SIGNS[ours.use]}.")
            return ours.public_key
        if is_ours:
            raise NoKey(f"The issuer has no key {method}.")
        return await self._elsewhere(method, owner)

    async def _elsewhere(self, method: str, owner: str) -> PublicKey:
        document = await self._document_of(owner)
        if document.id != owner:
            raise NoKey(f"The key document of {owner} says that it is that of {document.id}.")
        try:
            expires = document.method(method).expires
            if expires is not None and expires <= self._clock():
                raise NoKey(f"The key {method} was good until {expires.isoformat()}.")
            return document.assertion_key(method)
        except Refused as error:
            raise NoKey(f"The issuer's key document does not give this key: {error.reason}") from error

    async def _document_of(self, owner: str) -> DidDocument:
        try:
            if owner.startswith("did:key:"):
                return dids.resolve_did_key(owner)
            if not owner.startswith("did:web:"):
                raise KeyUnknown(f"Issuers are found by did:web and did:key, not by {quoted(owner)}.")
            url = dids.did_web_url(owner)
        except Refused as error:
            raise NoKey(f"The issuer's identifier leads to no key: {error.reason}") from error
        try:
            return dids.read_did_document(strict_json.parse(await self._fetcher.get(url)))
        except Unreachable as error:
            raise KeyUnknown(f"The issuer's key document cannot be had: {error}") from error
        except Refused as error:  # such as the page of a server that is being repaired
            raise KeyUnknown(f"The issuer's key document cannot be read: {error}") from error
