"""The school's own issuer, which nobody has to make."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from academe.ids import new_id
from academe.services.credential.keys.model import Issuer
from academe.services.credential.keys.repository import IssuerRepository
from academe.services.credential.keys.sealing import Sealer
from academe.services.credential.standards.did import did_web
from academe.startup import StartupError

SCHOOL = "school"
"""Slug of the school's own issuer. Each address that the school moves to has another: school-2 and so on."""


def school_did(base_uri: str) -> str:
    """What identifies the school at an address. Raises StartupError when that can be no identifier."""
    try:
        return did_web(base_uri)
    except ValueError as error:
        raise StartupError(
            "ACADEME_ISSUER must be the address of a host by its name, as in https://school.example: "
            "verifiers find the keys of credentials there, and look for them at no number."
        ) from error


async def make_school(repository: IssuerRepository, sealer: Sealer, base_uri: str, now: datetime) -> UUID:
    """The id of the school's issuer, which one of several processes makes.

    It is called as its host until an administrator names it. After a move to another address, under which
    it is another issuer, name and brand are kept.
    """
    did = school_did(base_uri)
    host = urlsplit(base_uri).hostname or base_uri
    wanted = Issuer(new_id(), SCHOOL, did, host, base_uri, "", b"", "", "", now, 1)
    number = 1
    while True:
        found, added = await repository.add_issuer(wanted, sealer.first_keys(wanted))
        if added or found.did == did:
            return found.issuer_id
        number += 1
        wanted = replace(
            found,
            issuer_id=new_id(),
            slug=f"{SCHOOL}-{number}",
            did=did,
            uri=base_uri,
            create_time=now,
            version=1,
        )
