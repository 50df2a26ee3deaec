"""What is published over HTTP: the right type, the right names for caches, and only what may be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from academe.api.credential.v1 import credential_pb2, issuer_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.services.credential.standards import strict_json
from tests.integration.credential.graduation import certified
from tests.support.school import Person, School

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture(scope="module")
async def school(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    opened = School(database, tmp_path_factory.mktemp("school"), http_addr="127.0.0.1:0")
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture(scope="module")
async def web(school: School) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{school.app.http_address}") as client:
        yield client


@pytest.fixture(scope="module")
async def holder(school: School) -> Person:
    return await school.learner("ada")


@pytest.fixture(scope="module")
async def issued(school: School, holder: Person) -> credential_pb2.Credential:
    return await certified(holder, await school.educator("grace"))


def path_of(issued: credential_pb2.Credential) -> str:
    return "/credentials/" + issued.verification_code.replace("-", "")


async def show(holder: Person, issued: credential_pb2.Credential, visibility: Any) -> None:
    await holder.credentials.UpdateCredential(
        pb.UpdateCredentialRequest(credential_id=issued.credential_id, visibility=visibility)
    )


@pytest.mark.parametrize(
    ("suffix", "kind", "begins"),
    [
        (".json", "application/vc", b'{"@context"'),
        (".jwt", "application/vc+jwt", b"eyJ"),
        (".png", "image/png", b"\x89PNG"),
        (".thumbnail.png", "image/png", b"\x89PNG"),
        (".svg", "image/svg+xml", b"<"),
        (".pdf", "application/pdf", b"%PDF"),
    ],
)
async def test_files_have_their_types_and_names_for_caches(
    web: httpx.AsyncClient, issued: credential_pb2.Credential, suffix: str, kind: str, begins: bytes
) -> None:
    """Who has a file asks whether it is still the same, and is told so in few bytes."""
    got = await web.get(path_of(issued) + suffix)
    again = await web.get(path_of(issued) + suffix, headers={"if-none-match": got.headers["etag"]})

    assert (got.status_code, got.headers["content-type"]) == (200, kind)
    assert got.content.startswith(begins)
    assert got.headers["cache-control"] == "no-cache"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("application/vc", "application/vc"),
        ("application/ld+json, application/json", "application/vc"),
        ("application/vc+jwt", "application/vc+jwt"),
    ],
)
async def test_the_id_of_a_credential_answers_people_and_programs(
    web: httpx.AsyncClient, issued: credential_pb2.Credential, accept: str, kind: str
) -> None:
    """One address: the page for browsers, the credential for who asks for it; caches keep them apart."""
    got = await web.get(path_of(issued), headers={"accept": accept})

    assert (got.status_code, got.headers["content-type"]) == (200, kind)
    assert "accept" in got.headers["vary"].lower()


async def test_the_page_names_what_an_employer_wants_to_know(
    web: httpx.AsyncClient, issued: credential_pb2.Credential
) -> None:
    """In the language of their browser, without a script, and not for search engines."""
    page = await web.get(
        path_of(issued), headers={"accept": "text/html", "accept-language": "de-AT, en;q=0.5"}
    )

    assert page.headers["content-language"] == "de"
    assert all(word in page.text for word in ("Ada", "Thinking in Loops", issued.issuer_name))
    assert "<script" not in page.text
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert page.headers["cache-control"] == "no-store"


async def test_a_holder_hides_and_publishes(
    web: httpx.AsyncClient, holder: Person, issued: credential_pb2.Credential
) -> None:
    """Hidden: no file, no name, still whether it is in force. Public: search engines may list the page."""
    await show(holder, issued, credential_pb2.CREDENTIAL_VISIBILITY_HOLDER)
    hidden = await web.get(path_of(issued), headers={"accept": "text/html"})
    files = [
        await web.get(path_of(issued) + suffix) for suffix in (".json", ".png", ".thumbnail.png", ".pdf")
    ]
    await show(holder, issued, credential_pb2.CREDENTIAL_VISIBILITY_PUBLIC)
    public = await web.get(path_of(issued), headers={"accept": "text/html"})
    await show(holder, issued, credential_pb2.CREDENTIAL_VISIBILITY_CODE)

    assert hidden.status_code == 200
    assert not any(word in hidden.text for word in ("Ada", "Thinking in Loops"))
    assert [file.status_code for file in files] == [404] * 4
    assert public.headers["x-robots-tag"].startswith("index")


@pytest.mark.parametrize("code", ["0" * 20, "nothing", "%00", "..%2f..%2fetc%2fpasswd"])
async def test_a_code_that_nobody_knows(web: httpx.AsyncClient, code: str) -> None:
    """A page that says so, with a status that says so."""
    page = await web.get(f"/credentials/{code}", headers={"accept": "text/html"})
    file = await web.get(f"/credentials/{code}.json")

    assert page.status_code == 404
    assert file.status_code == 404


async def test_keys_and_lists_are_for_everybody(
    web: httpx.AsyncClient, issued: credential_pb2.Credential
) -> None:
    """With times to keep them for, and for scripts of other pages too."""
    document = strict_json.parse((await web.get(path_of(issued) + ".json")).content)
    keys = await web.get("/.well-known/did.json")
    lists = [
        await web.get(entry["statusListCredential"].removeprefix("http://localhost:50080"))
        for entry in document["credentialStatus"]
    ]

    assert keys.headers["content-type"] == "application/did+json"
    assert keys.json()["id"] == issued.issuer_did
    assert document["proof"]["verificationMethod"] in keys.json()["assertionMethod"]
    for listing in lists:
        assert listing.headers["content-type"] == "application/vc"
        assert listing.headers["cache-control"] == "public, max-age=60"
        assert listing.headers["access-control-allow-origin"] == "*"
        assert listing.json()["issuer"] == issued.issuer_did
    assert (await web.get("/status/not-an-id/revocation")).status_code == 404
    assert (await web.get(lists[0].request.url.path.replace("revocation", "refresh"))).status_code == 404


async def test_a_list_changes_when_a_bit_does(
    web: httpx.AsyncClient, school: School, issued: credential_pb2.Credential
) -> None:
    """And only then: the same bytes, with the same etag, as long as nothing happened."""
    educator = await school.administrator()
    document = strict_json.parse((await web.get(path_of(issued) + ".json")).content)
    path = document["credentialStatus"][1]["statusListCredential"].removeprefix("http://localhost:50080")
    before, same = await web.get(path), await web.get(path)
    await educator.credentials.SuspendCredential(
        pb.SuspendCredentialRequest(credential_id=issued.credential_id, reason="Being looked into")
    )
    after = await web.get(path)
    await educator.credentials.ReinstateCredential(
        pb.ReinstateCredentialRequest(credential_id=issued.credential_id)
    )
    back = await web.get(path)

    encoded = [one.json()["credentialSubject"]["encodedList"] for one in (before, after, back)]
    assert before.headers["etag"] == same.headers["etag"] != after.headers["etag"]
    assert encoded[0] == encoded[2] != encoded[1]


async def test_an_issuer_of_its_own(web: httpx.AsyncClient, school: School) -> None:
    """Keys and logo below its slug; a logo can be nothing but a picture."""
    administrator = await school.administrator()
    brand = issuer_pb2.IssuerBrand(logo=LOGO, primary_color="#123456")
    made = await administrator.credentials.CreateIssuer(
        issuer_pb2.CreateIssuerRequest(
            slug="law",
            name="Faculty of Law",
            brand=brand,
        )
    )
    keys, logo = await web.get("/issuers/law/did.json"), await web.get("/issuers/law/logo")

    assert keys.json()["id"] == made.did == "did:web:localhost%3A50080:issuers:law"
    assert (logo.content, logo.headers["content-type"]) == (LOGO, "image/svg+xml")
    assert "sandbox" in logo.headers["content-security-policy"]
    assert (await web.get("/issuers/medicine/did.json")).status_code == 404
    assert (await web.get("/issuers/school/logo")).status_code == 404
