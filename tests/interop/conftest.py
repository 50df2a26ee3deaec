"""Credentials that are signed once, and what their issuers publish, for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from academe.services.credential.issuance.draft import Draft
from academe.services.credential.issuance.signing import Signed, Signer
from academe.services.credential.standards.workers import Workers
from tests.interop.drafts import drafts
from tests.interop.issuers import BASE, Issuer, site
from tests.interop.site import Site

COUNT = 200


@dataclass(frozen=True)
class Issued:
    """Drafts with their signed documents and tokens, in the same order."""

    issuers: Sequence[Issuer]
    drafts: Sequence[Draft]
    documents: Sequence[bytes]
    tokens: Sequence[bytes]
    site: Site


@pytest.fixture(scope="session")
async def issued() -> Issued:
    """Two hundred credentials of the school itself and of one of its faculties, none revoked."""
    issuers = (
        Issuer("Universität für Prüfungen", uri="https://uni.example/"),
        Issuer(
            "كلية الحقوق",
            "law",
            uri="https://law.example/%C3%A9t%C3%A9",
            email="law@uni.example",
            logo=b"a picture, which is published beside",
        ),
    )
    made = drafts(COUNT, [(issuer.profile, issuer.list_id) for issuer in issuers], BASE)
    signed = await _sign(issuers, made)
    return Issued(issuers, made, [one.json for one in signed], [one.jwt for one in signed], site(*issuers))


async def _sign(issuers: Sequence[Issuer], made: Sequence[Draft]) -> list[Signed]:
    """In the order of `made`, each by its issuer, as the product signs in bulk."""
    workers = Workers()
    signer = Signer(workers)
    by_uri: dict[str, Signed] = {}
    try:
        for issuer in issuers:
            mine = [draft for draft in made if draft.issuer.did == issuer.did]
            for draft, signed in zip(mine, await signer.sign(issuer.signing, mine), strict=True):
                assert isinstance(signed, Signed), (draft, signed)
                by_uri[draft.uri] = signed
    finally:
        await workers.close()
    return [by_uri[draft.uri] for draft in made]
