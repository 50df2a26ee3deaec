"""Credentials that are signed once, and what their issuers publish, for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from academe.services.credential.issuance.draft import Draft
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
def issued() -> Issued:
    """Two hundred credentials of the school itself and of one of its faculties, none revoked."""
    issuers = (
        Issuer("Universität für Prüfungen", uri="https://uni.example/"),
        Issuer(
            "كلية الحقوق",
            "issuers",
            "law",
            uri="https://law.example/%C3%A9t%C3%A9",
            email="law@uni.example",
            image_uri=f"{BASE}/images/law.png",
        ),
    )
    by_did = {issuer.did: issuer for issuer in issuers}
    made = drafts(COUNT, [(issuer.profile, issuer.list_id) for issuer in issuers], BASE)
    return Issued(
        issuers,
        made,
        [by_did[draft.issuer.did].issue(draft) for draft in made],
        [by_did[draft.issuer.did].issue_jwt(draft) for draft in made],
        site(*issuers),
    )
