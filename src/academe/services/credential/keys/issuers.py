"""Issuers and their keys in memory: who signs, with what, and whose key that is.

What was read is used for two seconds, so what one process changes the others see in time to refuse a key. In
time not to sign with one is another matter: `lock_active_keys` is for that, in the transaction that stores.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from academe.clock import utcnow
from academe.db.loader import BatchLoader
from academe.services.credential.errors import IssuerNotFound
from academe.services.credential.keys.did_document import did_document
from academe.services.credential.keys.model import (
    Issuer,
    IssuerKey,
    KeyFacts,
    KeyState,
    KeyUse,
    OpenKey,
    PublishedDocument,
    SigningIssuer,
)
from academe.services.credential.keys.repository import IssuerRepository
from academe.services.credential.keys.school import SCHOOL, make_school, school_did
from academe.services.credential.keys.sealing import PrivateKey, Sealer
from academe.services.credential.standards import strict_json
from academe.services.credential.standards.did import did_web_url

_SLUG = re.compile(r"[a-z0-9-]{1,40}")

RELOAD_SECONDS = 2.0
"""For which what was read of an issuer is used."""

FIRST_ID = UUID(int=0)
LISTED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Entry:
    """An issuer with its keys, newest first, as of `read_time` (monotonic seconds)."""

    issuer: Issuer
    keys: Sequence[IssuerKey]
    read_time: float

    def active(self, use: KeyUse) -> IssuerKey:
        return next(key for key in self.keys if key.use is use and key.state is KeyState.ACTIVE)


class Issuers:
    """Every issuer of the school. `base_uri` is the school's address, without a slash at the end."""

    def __init__(
        self,
        repository: IssuerRepository,
        sealer: Sealer,
        base_uri: str,
        *,
        clock: Callable[[], datetime] = utcnow,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        self._repository = repository
        self._sealer = sealer
        self._base_uri = base_uri
        self._clock = clock
        self._entries: dict[UUID, _Entry] = {}
        self._ids: dict[str, UUID] = {}
        self._opened: dict[tuple[UUID, int], PrivateKey] = {}
        self._not_before = float("-inf")
        self._loader: BatchLoader[UUID, _Entry] = BatchLoader(
            self._fetch, name="credential.issuers", on_batch=on_batch
        )

    async def load(self) -> None:
        """Opens the school's keys, if there are any yet.

        Raises StartupError when they were stored under another secret, or the school's address cannot be one.
        """
        issuer_id = await self._id_of(school_did(self._base_uri))
        if issuer_id is not None:
            await self.signing(issuer_id)

    async def reload(self) -> None:
        """Forgets what was read: somebody knows that it has changed."""
        self._not_before = time.monotonic()

    async def signing(self, issuer_id: UUID | None = None) -> SigningIssuer:
        """An issuer, None for the school itself, with the keys that sign for it.

        Raises IssuerNotFound, and StartupError when its keys were stored under another secret.
        """
        entry = await self._known(issuer_id)
        return SigningIssuer(
            entry.issuer, self._open(entry, KeyUse.DOCUMENT), self._open(entry, KeyUse.TOKEN)
        )

    async def find_key(self, method: str) -> KeyFacts | None:
        """The key of ours that has this name in documents, whatever became of it; None if none has."""
        did, _, fragment = method.partition("#")
        issuer_id = await self._id_of_did(did)
        if issuer_id is None:
            return None
        entry = await self._known(issuer_id)
        key = _named(entry, fragment)
        if key is None:  # perhaps made a moment ago
            entry = await self._loader.load(issuer_id) or entry
            key = _named(entry, fragment)
        if key is None:
            return None
        return KeyFacts(entry.issuer, method, key.use, key.state, key.public, key.compromise_time)

    async def school(self) -> Issuer:
        """The school itself, made with its keys if this is the first time that anybody asks."""
        return (await self._known(None)).issuer

    async def get(self, issuer_id: UUID | None) -> Issuer:
        """One issuer, None for the school itself. Raises IssuerNotFound."""
        return (await self._known(issuer_id)).issuer

    async def read(self, issuer_id: UUID | None) -> tuple[Issuer, Sequence[IssuerKey]]:
        """One issuer and its keys, newest first, read after the call was made. Raises IssuerNotFound."""
        entry = await self._known(issuer_id, fresh=True)
        return entry.issuer, entry.keys

    async def by_did(self, did: str) -> Issuer | None:
        """The issuer with this DID, if it is one of ours."""
        issuer_id = await self._id_of_did(did)
        return None if issuer_id is None else await self.get(issuer_id)

    async def document(self, slug: str) -> PublishedDocument | None:
        """The key document of the issuer with a slug; None if there is none.

        "school" is the school at its present address, where another issuer may have been that before.
        """
        if slug == SCHOOL:
            return await self.document_of(None)
        issuer_id = await self._id_of(slug) if _SLUG.fullmatch(slug) else None
        return None if issuer_id is None else await self.document_of(issuer_id)

    async def document_of(self, issuer_id: UUID | None) -> PublishedDocument:
        """The key document of an issuer, None for the school itself. Raises IssuerNotFound."""
        entry = await self._known(issuer_id)
        content = strict_json.serialise(did_document(entry.issuer, entry.keys))
        return PublishedDocument(entry.issuer, content, did_web_url(entry.issuer.did))

    async def all_issuers(self) -> list[Issuer]:
        """The school, then the others by id."""
        school = await self.school()
        found, after = [school], FIRST_ID
        while page := await self._repository.list_issuers(after, LISTED_AT_ONCE, without=school.issuer_id):
            found += page
            after = page[-1].issuer_id
        return found

    async def _known(self, issuer_id: UUID | None, *, fresh: bool = False) -> _Entry:
        if issuer_id is None:
            issuer_id = await self._id_of(school_did(self._base_uri)) or await make_school(
                self._repository, self._sealer, self._base_uri, self._clock()
            )
        entry = self._entries.get(issuer_id)
        oldest = max(self._not_before, time.monotonic() - RELOAD_SECONDS)
        if fresh or entry is None or entry.read_time <= oldest:
            entry = await self._loader.load(issuer_id)
        if entry is None:
            raise IssuerNotFound(issuer_id=issuer_id)
        return entry

    async def _fetch(self, issuer_ids: list[UUID]) -> dict[UUID, _Entry]:
        now = time.monotonic()
        found = await self._repository.get_issuers(issuer_ids)
        entries = {issuer_id: _Entry(issuer, keys, now) for issuer_id, (issuer, keys) in found.items()}
        for issuer_id, entry in entries.items():
            kept = self._entries.get(issuer_id)
            if kept is None or kept.read_time < now:  # two reads may overtake each other
                self._entries[issuer_id] = entry
        active = {
            (key.issuer_id, key.number)
            for entry in self._entries.values()
            for key in entry.keys
            if key.state is KeyState.ACTIVE
        }
        self._opened = {name: key for name, key in self._opened.items() if name in active}
        return entries

    async def _id_of_did(self, did: str) -> UUID | None:
        """For whatever strangers call an issuer: no slug, and nothing that PostgreSQL cannot read."""
        return await self._id_of(did) if did.startswith("did:") and "\0" not in did else None

    async def _id_of(self, name: str) -> UUID | None:
        """Of a slug or DID. Neither is ever given to another, so what was found once is kept."""
        found = self._ids.get(name) or await self._repository.find_id(name)
        if found is not None:
            self._ids[name] = found
        return found

    def _open(self, entry: _Entry, use: KeyUse) -> OpenKey[Any]:
        stored = entry.active(use)
        name = (stored.issuer_id, stored.number)
        key = self._opened.get(name) or self._sealer.open(entry.issuer.did, stored)
        self._opened[name] = key
        return OpenKey(stored.number, entry.issuer.method(stored.number), key)


def _named(entry: _Entry, fragment: str) -> IssuerKey | None:
    return next((key for key in entry.keys if fragment == f"key-{key.number}"), None)
