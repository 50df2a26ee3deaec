"""Issuers beside the school: made once, changed with an etag, listed in pages, found by name and key."""

from __future__ import annotations

import asyncio
import json

import pytest

from academe.db.pool import Pool
from academe.errors import EtagMismatch, InvalidArgument
from academe.ids import new_id
from academe.services.credential.errors import ImageRefused, IssuerExists, IssuerNotFound
from academe.services.credential.keys import KeyState, KeyUse
from academe.services.credential.standards.did import read_did_document
from tests.support.issuers import IssuerProcess, at_once, change

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


async def test_an_issuer_below_the_schools_address(here: IssuerProcess) -> None:
    """Its identifier follows from its slug; it has a key of its own for each use."""
    issuer = await here.create("faculty-of-knots", logo=LOGO, primary_color="#AbCdEf", email="k@example.org")
    signing = await here.issuers.signing(issuer.issuer_id)

    assert issuer.did == "did:web:school.example:issuers:faculty-of-knots"
    assert (issuer.logo, issuer.primary_color, issuer.version) == (LOGO, "#abcdef", 1)
    assert signing.issuer == issuer
    assert signing.document_key.method == f"{issuer.did}#key-1"
    assert signing.token_key.method == f"{issuer.did}#key-2"
    assert await here.issuers.by_did(issuer.did) == issuer


async def test_an_issuer_with_a_domain_of_its_own(here: IssuerProcess) -> None:
    """Its document belongs at the root of that domain, whatever case it was typed in."""
    issuer = await here.create("college", domain="Credentials.College.Example")
    published = await here.service.get_document(issuer.issuer_id)

    assert issuer.did == "did:web:credentials.college.example"
    assert published.uri == "https://credentials.college.example/.well-known/did.json"


@pytest.mark.parametrize("domain", ["10.0.0.7", "a..b", "x" * 300, "college.example/path", "[::1]", "a b"])
async def test_a_domain_that_nobody_finds_keys_at(here: IssuerProcess, domain: str) -> None:
    """It is refused by its field."""
    with pytest.raises(InvalidArgument) as refused:
        await here.create("nowhere", domain=domain)

    assert [violation.field for violation in refused.value.violations] == ["domain"]


async def test_making_one_twice(here: IssuerProcess, elsewhere: IssuerProcess, pool: Pool) -> None:
    """The same call answers with the first, also when many make it at once."""
    calls = [process.create("twice", uri="https://twice.example") for process in (here, elsewhere) * 4]
    made = await asyncio.gather(*calls)
    again = await here.create("twice", uri="https://twice.example")
    keys = await pool.fetchval(
        "select count(*) from credential.issuer_key where issuer_id = $1", again.issuer_id
    )

    assert {issuer.issuer_id for issuer in made} == {again.issuer_id}
    assert keys == 2


async def test_a_slug_or_domain_that_is_anothers(here: IssuerProcess) -> None:
    """Other fields under the same slug, another slug for the same domain, and the school's own of both."""
    await here.create("taken", domain="taken.example")

    for slug, domain, fields in (
        ("taken", "taken.example", {"name": "Another"}),
        ("taken", "", {}),
        ("other", "taken.example", {}),
        ("other", "school.example", {}),
        ("school", "", {}),
        ("school-2", "", {}),
    ):
        with pytest.raises(IssuerExists):
            await here.create(slug, domain, **fields)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "A\x07B"}, "name"),
        ({"uri": "javascript:alert(1)"}, "uri"),
        ({"uri": "mailto:a@b.example"}, "uri"),
        ({"uri": "https://a.example/a b"}, "uri"),
        ({"uri": "https://a.example/{x}"}, "uri"),
        ({"email": "a\x00@b.example"}, "email"),
    ],
)
async def test_what_cannot_be_signed_or_shown(
    here: IssuerProcess, fields: dict[str, str], field: str
) -> None:
    """It is refused when it is set, by its field, not at graduation."""
    with pytest.raises(InvalidArgument) as refused:
        await here.create("unfit", **fields)
    school = await here.issuers.school()

    assert [violation.field for violation in refused.value.violations] == [field]
    if fields != {"name": "  "}:
        with pytest.raises(InvalidArgument):
            await here.service.update_issuer(school.issuer_id, change(**fields), expected_version=None)


async def test_a_logo_that_does_more_than_draw(here: IssuerProcess) -> None:
    """The refusal names the field and says what is wrong with it."""
    with pytest.raises(ImageRefused, match=r"brand\.logo: must be a PNG of at most 2000 x 2000") as refused:
        await here.create("unfit", logo=LOGO.replace(b"<path", b"<script/><path"))

    assert [violation.field for violation in refused.value.violations] == ["brand.logo"]


async def test_changing_one(here: IssuerProcess, elsewhere: IssuerProcess) -> None:
    """An empty name is kept and everything else taken as it is; an etag of before is refused."""
    issuer = await here.create("changing", uri="https://changing.example", email="c@example.org")
    await elsewhere.issuers.get(issuer.issuer_id)
    changed = await here.service.update_issuer(
        issuer.issuer_id, change(logo=LOGO, accent_color="#00FF00"), expected_version=1
    )

    assert (changed.name, changed.uri, changed.email) == ("Changing", "", "")
    assert (changed.logo, changed.accent_color, changed.version) == (LOGO, "#00ff00", 2)
    assert (changed.slug, changed.did) == (issuer.slug, issuer.did)
    assert await here.issuers.get(issuer.issuer_id) == changed
    assert await elsewhere.service.get_issuer(issuer.issuer_id) == changed
    with pytest.raises(EtagMismatch):
        await here.service.update_issuer(issuer.issuer_id, change(name="Late"), expected_version=1)
    with pytest.raises(IssuerNotFound):
        await here.service.update_issuer(new_id(), change(name="Nobody"), expected_version=None)


async def test_two_changes_of_the_same_version(here: IssuerProcess, elsewhere: IssuerProcess) -> None:
    """One of them is told that it lost."""
    issuer = await here.create("contested")
    answers = await at_once(
        here.service.update_issuer(issuer.issuer_id, change(name="One"), expected_version=1),
        elsewhere.service.update_issuer(issuer.issuer_id, change(name="Two"), expected_version=1),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["EtagMismatch", "Issuer"]


async def test_listing_them(empty: Pool) -> None:
    """The school comes first, the others by id, each once however they are paged, without logos."""
    here = IssuerProcess(empty)
    made = [await here.create(f"partner-{number}", logo=LOGO) for number in range(5)]
    school = await here.issuers.school()
    expected = ["school", *(issuer.slug for issuer in made)]
    for size in (1, 2, 5, 6, 50):
        listed, token = [], ""
        while True:
            page = await here.service.list_issuers(page_size=size, page_token=token)
            assert len(page.rows) <= size
            listed += page.rows
            token = page.next_page_token
            if not token:
                break

        assert [issuer.slug for issuer in listed] == expected
        assert {issuer.logo for issuer in listed} == {b""}
    everybody = await here.issuers.all_issuers()
    assert everybody == [school, *made]
    assert everybody[-1].logo == LOGO


async def test_finding_a_key_by_its_name(here: IssuerProcess) -> None:
    """Ours with its state; nothing for a name that is not exactly that of a key."""
    issuer = await here.create("finding")
    await here.service.rotate_key(issuer.issuer_id, KeyUse.TOKEN, 2)
    await here.service.compromise_key(issuer.issuer_id, 1)
    found = {number: await here.issuers.find_key(issuer.method(number)) for number in (1, 2, 3, 4)}
    facts = {n: (key.use, key.state, key.public_key.kind) for n, key in found.items() if key is not None}

    assert facts == {
        1: (KeyUse.DOCUMENT, KeyState.COMPROMISED, "Ed25519"),
        2: (KeyUse.TOKEN, KeyState.RETIRED, "P-256"),
        3: (KeyUse.TOKEN, KeyState.ACTIVE, "P-256"),
        4: (KeyUse.DOCUMENT, KeyState.ACTIVE, "Ed25519"),
    }
    for name in (
        "",
        issuer.did,
        f"{issuer.did}#",
        f"{issuer.did}#key-9",
        f"{issuer.did}#key-01",
        f"{issuer.did}#KEY-1",
        f"{issuer.did}#key-1#key-1",
        f"{issuer.slug}#key-1",
        "did:web:stranger.example#key-1",
        f"{issuer.did}\x00#key-1",
    ):
        assert await here.issuers.find_key(name) is None


async def test_what_is_published_follows_what_became_of_the_keys(here: IssuerProcess) -> None:
    """Active and retired keys may sign, the compromised one is gone; our own reader agrees."""
    issuer = await here.create("publishing")
    await here.service.rotate_key(issuer.issuer_id, KeyUse.DOCUMENT, 1)
    await here.service.compromise_key(issuer.issuer_id, 2)
    published = await here.issuers.document("publishing")
    assert published is not None
    document = read_did_document(json.loads(published.document))
    kept = {issuer.method(number) for number in (1, 3, 4)}

    assert published.uri == "https://school.example/issuers/publishing/did.json"
    assert document.id == issuer.did
    assert document.assertion == kept == set(document.methods)
    for number in (1, 3, 4):
        facts = await here.issuers.find_key(issuer.method(number))
        assert facts is not None
        assert document.assertion_key(issuer.method(number)) == facts.public_key
    assert await here.issuers.document("nobody") is None
    assert await here.issuers.document(issuer.did) is None
