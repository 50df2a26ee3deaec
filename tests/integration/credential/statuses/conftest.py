"""Who says what became of credentials, and what strangers read of it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from academe.caller import Caller
from academe.db.pool import Pool
from academe.services.credential.model import Credential
from academe.services.credential.parts import CredentialParts
from tests.integration.credential.statuses.published import Published, published
from tests.support.graduates import Faculty


class Registry:
    """The educator's word on credentials, without the etags, and a stranger's reading of the lists."""

    def __init__(self, parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
        self.parts = parts
        self.educator: Caller = faculty.educator
        self._pool = pool

    async def revoke(
        self, one: Credential, reason: str = "withdrawn", version: int | None = None
    ) -> Credential:
        return await self.parts.statuses.revoke_credential(
            self.educator, one.credential_id, reason, expected_version=version
        )

    async def suspend(
        self, one: Credential, reason: str = "looked into", version: int | None = None
    ) -> Credential:
        return await self.parts.statuses.suspend_credential(
            self.educator, one.credential_id, reason, expected_version=version
        )

    async def reinstate(self, one: Credential, version: int | None = None) -> Credential:
        return await self.parts.statuses.reinstate_credential(
            self.educator, one.credential_id, expected_version=version
        )

    async def get(self, one: Credential) -> Credential:
        return await self.parts.credentials.get_credential(self.educator, one.credential_id)

    async def place(self, one: Credential, purpose: str) -> tuple[str, int]:
        """The list's address and the position in it, as the signed document states them."""
        document = await self._pool.fetchval(
            "select json from credential.document where credential_id = $1", one.credential_id
        )
        (entry,) = [
            entry for entry in json.loads(document)["credentialStatus"] if entry["statusPurpose"] == purpose
        ]
        return entry["statusListCredential"], int(entry["statusListIndex"])

    async def read(self, one: Credential) -> tuple[bool, bool]:
        """Whether a stranger finds it revoked, and suspended."""
        bits = []
        for purpose in ("revocation", "suspension"):
            uri, position = await self.place(one, purpose)
            bits.append(position in (await published(self.parts, uri)).set)
        revoked, suspended = bits
        return revoked, suspended

    async def all_set(self, purpose: str) -> set[tuple[UUID, int]]:
        """Every bit that is set in a published list of this purpose, with the list."""
        rows = await self._pool.fetch("select list_id from credential.status_list")
        shown: dict[UUID, Published] = {
            row["list_id"]: await published(
                self.parts, f"https://any.example/status/{row['list_id']}/{purpose}"
            )
            for row in rows
        }
        return {(list_id, position) for list_id, one in shown.items() for position in one.set}


@pytest.fixture
def registry(parts: CredentialParts, faculty: Faculty, pool: Pool) -> Registry:
    return Registry(parts, faculty, pool)
