"""Issuers and keys as clients have them: over gRPC, with the roles that the contract states."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from academe.api.credential.v1 import issuer_pb2 as pb
from academe.errors import EtagMismatch, InvalidArgument, RoleRequired, TokenMissing
from academe.services.credential.errors import (
    ImageRefused,
    IssuerExists,
    IssuerKeyNotFound,
    IssuerNotFound,
)
from tests.support.errors import expect_error
from tests.support.school import Person, School

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
DOCUMENT, TOKEN = pb.ISSUER_KEY_USE_DOCUMENT, pb.ISSUER_KEY_USE_TOKEN
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def administrator(school: School) -> Person:
    return await school.administrator()


async def create(administrator: Person, slug: str, **fields: Any) -> pb.Issuer:
    request = pb.CreateIssuerRequest(slug=slug, **{"name": slug.title(), **fields})
    issuer: pb.Issuer = await administrator.credentials.CreateIssuer(request)
    return issuer


async def keys_of(administrator: Person, issuer_id: str) -> list[pb.IssuerKey]:
    response = await administrator.credentials.ListIssuerKeys(pb.ListIssuerKeysRequest(issuer_id=issuer_id))
    return list(response.keys)


async def rotate(administrator: Person, issuer_id: str, number: int, use: int = DOCUMENT) -> pb.IssuerKey:
    request = pb.RotateIssuerKeyRequest(issuer_id=issuer_id, use=use, number=number)
    key: pb.IssuerKey = await administrator.credentials.RotateIssuerKey(request)
    return key


async def test_the_school_is_there_from_the_start(school: School) -> None:
    """Whoever is signed in may read it; nobody had to make it."""
    learner = await school.learner()
    found = await learner.credentials.GetIssuer(pb.GetIssuerRequest())
    again = await learner.credentials.GetIssuer(pb.GetIssuerRequest(issuer_id=found.issuer_id))

    assert found == again
    assert (found.slug, found.did, found.name) == ("school", "did:web:localhost%3A50080", "localhost")
    with expect_error(TokenMissing):
        await school.anonymous.credentials.GetIssuer(pb.GetIssuerRequest())
    with expect_error(IssuerNotFound):
        await learner.credentials.GetIssuer(pb.GetIssuerRequest(issuer_id=NOBODY))


async def test_making_and_changing_an_issuer(administrator: Person) -> None:
    """A repeat answers with the first; a stale etag and another's slug are refused."""
    brand = pb.IssuerBrand(logo=LOGO, primary_color="#AA0000", accent_color="#00bb00")
    fields = {"uri": "https://knots.example", "email": "knots@example.org", "brand": brand}
    made = await create(administrator, "knots", **fields)
    again = await create(administrator, "knots", **fields)
    changed = await administrator.credentials.UpdateIssuer(
        pb.UpdateIssuerRequest(issuer_id=made.issuer_id, name="Knots", brand=brand, etag=made.etag)
    )

    assert made == again
    assert made.did == "did:web:localhost%3A50080:issuers:knots"
    assert (made.brand.logo, made.brand.primary_color, made.uri) == (LOGO, "#aa0000", "https://knots.example")
    assert (changed.name, changed.uri, changed.email, changed.brand.logo) == ("Knots", "", "", LOGO)
    with expect_error(EtagMismatch):
        await administrator.credentials.UpdateIssuer(
            pb.UpdateIssuerRequest(issuer_id=made.issuer_id, etag=made.etag)
        )
    with expect_error(IssuerExists):
        await create(administrator, "knots", name="Others")
    with expect_error(ImageRefused) as refused:
        await create(administrator, "ropes", brand=pb.IssuerBrand(logo=b"GIF89a"))
    assert [violation.field for violation in refused.error.violations] == ["brand.logo"]
    with expect_error(InvalidArgument):
        await create(administrator, "ropes", domain="10.0.0.1")


async def test_listing_issuers(school: School, administrator: Person) -> None:
    """In pages, the school first, without logos."""
    await create(administrator, "listed", brand=pb.IssuerBrand(logo=LOGO))
    learner = await school.learner()
    first = await learner.credentials.ListIssuers(pb.ListIssuersRequest(page_size=1))
    rest = await learner.credentials.ListIssuers(
        pb.ListIssuersRequest(page_size=100, page_token=first.next_page_token)
    )

    assert [issuer.slug for issuer in first.issuers] == ["school"]
    assert "listed" in [issuer.slug for issuer in rest.issuers]
    assert not any(issuer.brand.logo for issuer in rest.issuers)
    with expect_error("PAGE_TOKEN_INVALID"):
        await learner.credentials.ListIssuers(pb.ListIssuersRequest(page_token="x"))


async def test_rotating_a_key_by_many_hands(administrator: Person) -> None:
    """Twenty calls at once make one key; no private half is in any answer."""
    issuer = await create(administrator, "rotating")
    answers = await asyncio.gather(*(rotate(administrator, issuer.issuer_id, 1) for _ in range(20)))
    keys = await keys_of(administrator, issuer.issuer_id)

    assert {key.number for key in answers} == {3}
    assert answers[0].verification_method == f"{issuer.did}#key-3"
    assert answers[0].public_key_multibase.startswith("z6Mk")
    assert [(key.number, key.use, key.state) for key in keys] == [
        (3, DOCUMENT, pb.ISSUER_KEY_STATE_ACTIVE),
        (2, TOKEN, pb.ISSUER_KEY_STATE_ACTIVE),
        (1, DOCUMENT, pb.ISSUER_KEY_STATE_RETIRED),
    ]
    assert keys[2].HasField("retire_time")
    assert not keys[2].HasField("compromise_time")
    with expect_error(IssuerKeyNotFound):
        await rotate(administrator, issuer.issuer_id, 9)
    with expect_error(IssuerNotFound):
        await rotate(administrator, NOBODY, 1)


async def test_a_compromised_key_leaves_the_document(school: School, administrator: Person) -> None:
    """Anybody may have the document; the key is gone from it with the answer."""
    issuer = await create(administrator, "leaking", domain="leaking.example")
    await rotate(administrator, issuer.issuer_id, 2, TOKEN)
    marked = await administrator.credentials.MarkIssuerKeyCompromised(
        pb.MarkIssuerKeyCompromisedRequest(issuer_id=issuer.issuer_id, number=1)
    )
    document = await school.anonymous.credentials.GetIssuerDocument(
        pb.GetIssuerDocumentRequest(issuer_id=issuer.issuer_id)
    )
    methods = [method["id"] for method in json.loads(document.document)["verificationMethod"]]

    assert marked.state == pb.ISSUER_KEY_STATE_COMPROMISED
    assert marked.HasField("compromise_time")
    assert document.uri == "https://leaking.example/.well-known/did.json"
    assert methods == [f"did:web:leaking.example#key-{number}" for number in (4, 3, 2)]
    with expect_error(IssuerKeyNotFound):
        await administrator.credentials.MarkIssuerKeyCompromised(
            pb.MarkIssuerKeyCompromisedRequest(issuer_id=issuer.issuer_id, number=9)
        )
    with expect_error(IssuerNotFound):
        await school.anonymous.credentials.GetIssuerDocument(pb.GetIssuerDocumentRequest(issuer_id=NOBODY))


async def test_only_administrators_decide(school: School, administrator: Person) -> None:
    """Educators and learners read issuers, and neither make them nor see or replace their keys."""
    issuer = await create(administrator, "guarded")
    for person in (await school.educator(), await school.learner()):
        for call in (
            create(person, "mine"),
            person.credentials.UpdateIssuer(pb.UpdateIssuerRequest(issuer_id=issuer.issuer_id, name="Mine")),
            keys_of(person, issuer.issuer_id),
            rotate(person, issuer.issuer_id, 1),
            person.credentials.MarkIssuerKeyCompromised(
                pb.MarkIssuerKeyCompromisedRequest(issuer_id=issuer.issuer_id, number=1)
            ),
        ):
            with expect_error(RoleRequired):
                await call
