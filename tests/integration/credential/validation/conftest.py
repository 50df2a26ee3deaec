"""Another school, whose server the test plays, and ours that looks at its credentials."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.services.credential.issuance.compose import compose
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.fetch import Unreachable
from tests.interop.drafts import drafts
from tests.interop.issuers import BASE, Issuer, site
from tests.support.graduates import Faculty, opened

CREATED = "2026-01-02T03:04:05Z"


class Elsewhere:
    """The web as the test wants it."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def get(self, url: str) -> bytes:
        self.asked.append(url)
        try:
            return self.documents[url.replace("http://", "https://")]
        except KeyError:
            raise Unreachable(f"{url} did not answer within 3 seconds.") from None


class College:
    """An issuer elsewhere, with what it has published."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self.issuer = Issuer("A College", slug="college")
        self.elsewhere = elsewhere
        self.publish()

    def publish(self, **positions: Any) -> None:
        """Keys and lists; `revocation=[7]` sets a bit."""
        for url, content in site(self.issuer, positions=positions).documents.items():
            self.elsewhere.documents[url.replace("http://", "https://")] = content

    def document(self, position: int = 7, **changes: Any) -> dict[str, Any]:
        """An unsigned credential that is valid today, at this position of the lists."""
        (draft,) = drafts(1, [(self.issuer.profile, self.issuer.list_id)], BASE)
        draft = replace(
            draft,
            status=replace(draft.status, position=position),
            expire_time=None,
        )
        return {**compose(draft), **changes}

    def sign(self, document: dict[str, Any]) -> bytes:
        return self.issuer.sign(document, CREATED)


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def college(elsewhere: Elsewhere) -> College:
    return College(elsewhere)


@pytest.fixture
async def parts(
    pool: Pool, faculty: Faculty, workers: Workers, elsewhere: Elsewhere
) -> AsyncIterator[CredentialParts]:
    async with opened(pool, faculty, workers=workers, fetcher=elsewhere) as made:
        yield made
