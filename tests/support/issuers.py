"""What one server process has of credentials' issuers, with no server around it."""

from __future__ import annotations

import asyncio
from typing import Any

from academe.db.pool import Pool
from academe.secrets import Secrets
from academe.services.credential.keys import (
    Issuer,
    IssuerRepository,
    Issuers,
    IssuerService,
    KeyRepository,
    Sealer,
)
from academe.services.credential.keys.model import IssuerChange
from tests.support.identity import Clock

ADDRESS = "https://school.example"
ROOT = bytes(range(32))


class IssuerProcess:
    """Two of them on one pool are two processes of a school."""

    def __init__(
        self, pool: Pool, *, address: str = ADDRESS, root: bytes = ROOT, clock: Clock | None = None
    ) -> None:
        self.clock = clock or Clock()
        sealer, rows = Sealer(Secrets.from_bytes(root)), IssuerRepository(pool)
        self.issuers = Issuers(rows, sealer, address, clock=self.clock)
        self.service = IssuerService(
            self.issuers, rows, KeyRepository(pool), sealer, address, clock=self.clock
        )

    async def create(self, slug: str, domain: str = "", **fields: Any) -> Issuer:
        return await self.service.create_issuer(slug, domain, change(**{"name": slug.title(), **fields}))


def change(**fields: Any) -> IssuerChange:
    """What an administrator asks for, empty where nothing is given."""
    empty = {
        "name": "",
        "uri": "",
        "email": "",
        "logo": b"",
        "primary_color": "",
        "accent_color": "",
    }
    return IssuerChange(**{**empty, **fields})


async def at_once(*calls: Any) -> list[Any]:
    """What each of these calls came to, exceptions included, all under way at the same time."""
    return await asyncio.gather(*calls, return_exceptions=True)
