"""The rules of making, changing and listing issuers, and of replacing their keys."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.credential.errors import IssuerExists
from academe.services.credential.images import check_image
from academe.services.credential.issuance.compose import issuer_profile
from academe.services.credential.issuance.draft import IssuerProfile
from academe.services.credential.keys.issuers import FIRST_ID, Issuers
from academe.services.credential.keys.model import (
    Issuer,
    IssuerChange,
    IssuerKey,
    KeyUse,
    PublishedDocument,
)
from academe.services.credential.keys.repository import IssuerRepository
from academe.services.credential.keys.repository_keys import KeyRepository
from academe.services.credential.keys.school import SCHOOL
from academe.services.credential.keys.sealing import Sealer
from academe.services.credential.standards import guard
from academe.services.credential.standards.contexts import CREDENTIALS_V2, OPEN_BADGES
from academe.services.credential.standards.did import did_web
from academe.services.credential.standards.errors import Refused
from academe.services.credential.web_address import check_web_address

RESERVED = re.compile(rf"{SCHOOL}(-[0-9]+)?")
"""Slugs of the school's own issuers."""

DOMAIN = re.compile(r"[A-Za-z0-9.-]+")

_PROFILE_FIELDS = {"/issuer/name": "name", "/issuer/url": "uri", "/issuer/email": "email"}


class IssuerService:
    """What administrators do with issuers, and everybody reads of them. The contract states who may what."""

    def __init__(
        self,
        issuers: Issuers,
        repository: IssuerRepository,
        keys: KeyRepository,
        sealer: Sealer,
        base_uri: str,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._issuers = issuers
        self._repository = repository
        self._keys = keys
        self._sealer = sealer
        self._base_uri = base_uri
        self._clock = clock

    async def create_issuer(self, slug: str, domain: str, fields: IssuerChange) -> Issuer:
        """Makes an issuer with keys of its own, or answers with the one that a first call made.

        Raises InvalidArgument and ImageRefused, naming the field; IssuerExists when the slug or the domain is
        another's, or its fields are other ones.
        """
        did = _own_did(domain) if domain else did_web(self._base_uri, "issuers", slug)
        fields = await _checked(did, fields)
        if not fields.name:
            raise InvalidArgument.field("name", "must not be blank")
        await self._issuers.school()  # has its own address and slug before others can take them
        if RESERVED.fullmatch(slug):
            raise IssuerExists("This slug is kept for the school itself; choose another.", slug=slug)
        wanted = _issuer(new_id(), slug, did, fields, self._clock())
        found, added = await self._repository.add_issuer(wanted, self._sealer.first_keys(wanted))
        same = replace(found, issuer_id=wanted.issuer_id, create_time=wanted.create_time, version=1)
        if not added and same != wanted:
            raise IssuerExists(slug=slug)
        return found

    async def update_issuer(
        self, issuer_id: UUID, fields: IssuerChange, *, expected_version: int | None
    ) -> Issuer:
        """Changes an issuer; the name stays when none is given.

        Raises InvalidArgument and ImageRefused, naming the field; IssuerNotFound; EtagMismatch.
        """
        issuer = await self._issuers.get(issuer_id)
        fields = await _checked(issuer.did, fields)
        updated = await self._repository.update_issuer(issuer_id, fields, expected_version)
        await self._issuers.reload()
        return updated

    async def get_issuer(self, issuer_id: UUID | None) -> Issuer:
        """One issuer as it is now, None for the school itself. Raises IssuerNotFound."""
        return (await self._issuers.read(issuer_id))[0]

    async def list_issuers(self, *, page_size: int, page_token: str) -> Page[Issuer]:
        """The school, then the others by id; without logos, a hundred of which would be ten megabytes.

        Raises PageTokenInvalid.
        """
        request = page_request(page_size, page_token, arguments=("issuers",), key=(UUID,))
        school = replace(await self._issuers.school(), logo=b"")
        rows = [school] if request.after is None else []
        (after,) = request.after or (FIRST_ID,)
        rows += await self._repository.list_issuers(
            after, request.limit, without=school.issuer_id, logos=False
        )
        return page_of(rows, request, lambda one: (FIRST_ID if one == school else one.issuer_id,))

    async def list_keys(self, issuer_id: UUID) -> tuple[Issuer, Sequence[IssuerKey]]:
        """An issuer and its keys, newest first. Raises IssuerNotFound."""
        return await self._issuers.read(issuer_id)

    async def rotate_key(self, issuer_id: UUID, use: KeyUse, number: int) -> tuple[Issuer, IssuerKey]:
        """The key that signs in the place of key `number`, made unless that was replaced already.

        Raises IssuerNotFound, and IssuerKeyNotFound when no key of this number has this use.
        """
        now = self._clock()
        make = partial(self._sealer.new_key, now=now)
        key = await self._keys.rotate(issuer_id, use, number, make, now)
        await self._issuers.reload()
        return await self._issuers.get(issuer_id), key

    async def compromise_key(self, issuer_id: UUID, number: int) -> tuple[Issuer, IssuerKey]:
        """Marks a key; nothing that it signed is good any more. Its successor signs, if it did.

        Raises IssuerNotFound and IssuerKeyNotFound.
        """
        now = self._clock()
        make = partial(self._sealer.new_key, now=now)
        key = await self._keys.compromise(issuer_id, number, make, now)
        await self._issuers.reload()
        return await self._issuers.get(issuer_id), key

    async def get_document(self, issuer_id: UUID) -> PublishedDocument:
        """The key document that verifiers look for, as it is now. Raises IssuerNotFound."""
        await self._issuers.read(issuer_id)
        return await self._issuers.document_of(issuer_id)


def _own_did(domain: str) -> str:
    try:
        if not DOMAIN.fullmatch(domain):
            raise ValueError("a domain is the name of a host alone")
        return did_web(f"https://{domain}")
    except ValueError as error:
        raise InvalidArgument.field("domain", f"cannot be where keys are found: {error}") from error


def _issuer(issuer_id: UUID, slug: str, did: str, fields: IssuerChange, now: datetime) -> Issuer:
    return Issuer(
        issuer_id,
        slug,
        did,
        fields.name,
        fields.uri,
        fields.email,
        fields.logo,
        fields.primary_color,
        fields.accent_color,
        now,
        version=1,
    )


async def _checked(did: str, fields: IssuerChange) -> IssuerChange:
    """The fields as they are stored, once it is certain that they can be shown and signed."""
    fields = replace(fields, name=fields.name.strip())
    check_web_address("uri", fields.uri)
    await asyncio.to_thread(check_image, "brand.logo", fields.logo)
    profile = issuer_profile(IssuerProfile(did, fields.name or "kept", fields.uri, fields.email))
    document = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": profile,
    }
    try:
        await asyncio.to_thread(guard.check, document)
    except Refused as refused:
        field = _PROFILE_FIELDS.get(refused.path, "uri")
        raise InvalidArgument.field(field, f"cannot be signed: {refused.reason}", refused.code) from refused
    return replace(
        fields, primary_color=fields.primary_color.lower(), accent_color=fields.accent_color.lower()
    )
