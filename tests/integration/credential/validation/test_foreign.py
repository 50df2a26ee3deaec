"""Credentials of other schools: believed when everything about them can be found out, and only then."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey

from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards import data_integrity, jose, multikey, strict_json
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from tests.integration.credential.validation.conftest import CREATED, College, Elsewhere

YEAR = timedelta(days=365)


async def verify(parts: CredentialParts, content: bytes, **expected: str) -> Verification:
    return await parts.validation.verify_document(content, expected)


def worst(verification: Verification) -> tuple[CheckName, CheckResult, str]:
    """The check that decided."""
    return next(
        (one.name, one.result, one.reason)
        for one in verification.checks
        if one.result is not CheckResult.PASS
    )


async def test_a_credential_of_another_school(parts: CredentialParts, college: College) -> None:
    """Its keys and its lists are asked for; it is in no log of ours, which is nothing against it."""
    told = await verify(parts, college.sign(college.document()))

    assert told.verdict is Verdict.VALID, told.checks
    assert told.statement is not None
    assert told.statement.issuer_did == college.issuer.did
    assert CheckName.LOG not in [check.name for check in told.checks]


@pytest.mark.parametrize(
    ("purpose", "verdict"), [("revocation", Verdict.REVOKED), ("suspension", Verdict.SUSPENDED)]
)
async def test_one_that_its_school_took_back(
    parts: CredentialParts, college: College, purpose: str, verdict: Verdict
) -> None:
    """One bit, its own; its neighbours' mean nothing."""
    content = college.sign(college.document(position=4711))
    college.publish(**{purpose: [4710, 4712]})
    before = await verify(parts, content)
    college.publish(**{purpose: [4711]})

    assert before.verdict is Verdict.VALID
    assert (await verify(parts, content)).verdict is verdict


@pytest.mark.parametrize("missing", ["/status/", "did.json"])
async def test_what_cannot_be_asked_is_unknown(
    parts: CredentialParts, college: College, elsewhere: Elsewhere, missing: str
) -> None:
    """Never valid, and never called invalid either."""
    content = college.sign(college.document())
    for url in [url for url in elsewhere.documents if missing in url]:
        del elsewhere.documents[url]

    told = await verify(parts, content)

    assert told.verdict is Verdict.UNKNOWN
    assert worst(told)[0] in (CheckName.STATUS, CheckName.ISSUER)
    assert "did not answer" in worst(told)[2]


async def test_a_list_that_somebody_changed_says_nothing(
    parts: CredentialParts, college: College, elsewhere: Elsewhere
) -> None:
    """Else whoever can put a file at the address could reinstate."""
    content = college.sign(college.document())
    for url in [url for url in elsewhere.documents if "/status/" in url]:
        listing = json.loads(elsewhere.documents[url])
        listing["validUntil"] = "2999-01-01T00:00:00Z"
        elsewhere.documents[url] = json.dumps(listing).encode()

    told = await verify(parts, content)

    assert (told.verdict, worst(told)[0]) == (Verdict.UNKNOWN, CheckName.STATUS)


async def test_a_key_that_the_issuer_does_not_have(
    parts: CredentialParts, college: College, elsewhere: Elsewhere
) -> None:
    """It was taken out of the key document because somebody else has it, or it never was in it."""
    content = college.sign(college.document())
    url = next(url for url in elsewhere.documents if url.endswith("did.json"))
    keys = json.loads(elsewhere.documents[url])
    keys["assertionMethod"] = keys["assertionMethod"][1:]
    elsewhere.documents[url] = json.dumps(keys).encode()

    told = await verify(parts, content)

    assert (told.verdict, worst(told)[0]) == (Verdict.INVALID, CheckName.ISSUER)


async def test_another_issuer_s_key(parts: CredentialParts, college: College) -> None:
    """A genuine signature of somebody who is not the issuer."""
    document = college.document()
    document["issuer"] = {**document["issuer"], "id": "did:web:oxford.example"}

    told = await verify(parts, college.sign(document))

    assert (told.verdict, worst(told)[0]) == (Verdict.INVALID, CheckName.ISSUER)


async def test_an_issuer_that_is_its_own_key(parts: CredentialParts) -> None:
    """did:key needs no server."""
    key = Ed25519PrivateKey.generate()
    name = multikey.encode_ed25519(key.public_key().public_bytes_raw())
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": f"did:key:{name}",
        "credentialSubject": {"id": "did:example:ada"},
    }
    options = data_integrity.proof_options(f"did:key:{name}#{name}", CREATED)
    signature = key.sign(data_integrity.signing_input(document, options))

    told = await verify(parts, strict_json.serialise(data_integrity.attach(document, options, signature)))

    assert told.verdict is Verdict.VALID, told.checks
    assert "does not revoke" in next(one.reason for one in told.checks if one.name is CheckName.STATUS)


@pytest.mark.parametrize(
    ("field", "value", "verdict"),
    [
        ("validUntil", datetime.now(UTC) - YEAR, Verdict.EXPIRED),
        ("validFrom", datetime.now(UTC) + YEAR, Verdict.NOT_YET_VALID),
    ],
)
async def test_dates(
    parts: CredentialParts, college: College, field: str, value: datetime, verdict: Verdict
) -> None:
    """Genuine, and not valid today."""
    document = college.document(**{field: value.strftime("%Y-%m-%dT%H:%M:%SZ")})

    told = await verify(parts, college.sign(document))

    assert told.verdict is verdict


async def test_a_forged_one_is_never_called_expired(parts: CredentialParts, college: College) -> None:
    """That would say that it was good once."""
    ended = (datetime.now(UTC) - YEAR).strftime("%Y-%m-%dT%H:%M:%SZ")
    forged = json.loads(college.sign(college.document(validUntil=ended)))
    forged["name"] = "Doctor of Everything"

    told = await verify(parts, json.dumps(forged).encode())

    assert (told.verdict, worst(told)[0]) == (Verdict.INVALID, CheckName.PROOF)


async def test_a_proof_that_cannot_be_checked_here(parts: CredentialParts, college: College) -> None:
    """Of a suite that is not known: nothing can be said about it."""
    document = json.loads(college.sign(college.document()))
    document["proof"]["cryptosuite"] = "bbs-2023"

    told = await verify(parts, json.dumps(document).encode())

    assert (told.verdict, worst(told)[0]) == (Verdict.UNKNOWN, CheckName.PROOF)


async def test_who_it_was_issued_to(parts: CredentialParts, college: College) -> None:
    """By the salted hash; another name fails, an e-mail address that it does not state stays unknown."""
    document = college.document()
    document["credentialSubject"]["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityType": "name",
            "salt": "salt",
            "identityHash": "sha256$0d3c4bca1e5a3e4b2e5c5b1e5b45f3e1f5c56b3ee6f0f2a0f2d44a3f1d5cbd3c",
        }
    ]
    content = college.sign(document)

    assert (await verify(parts, content)).verdict is Verdict.VALID
    assert worst(await verify(parts, content, name="Ada"))[0] is CheckName.RECIPIENT
    assert (await verify(parts, content, emailAddress="ada@example.org")).verdict is Verdict.UNKNOWN


async def test_a_token_in_an_envelope(parts: CredentialParts, college: College, elsewhere: Elsewhere) -> None:
    """JSON around a token is as good as the token, plain or in base64."""
    key = college.issuer.signing.token_key
    token = jose.sign(college.document(), key.key, key.method)
    for data in (f",{token.decode()}", f";base64,{base64.b64encode(token).decode()}"):
        envelope = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:application/vc+jwt{data}",
        }

        told = await verify(parts, json.dumps(envelope).encode())

        assert told.verdict is Verdict.VALID, told.checks


async def test_a_token_of_two_issuers(parts: CredentialParts, college: College) -> None:
    """Signed by one, in the name of another for whoever reads the claims of tokens."""
    key = college.issuer.signing.token_key
    header = {"alg": "ES256", "typ": "vc+jwt", "kid": key.method}
    for issuer, verdict in ((college.issuer.did, Verdict.VALID), ("did:web:oxford.example", Verdict.INVALID)):
        claims = json.dumps(college.document(iss=issuer))
        told = await verify(
            parts, jws.serialize_compact(header, claims, ECKey.import_key(key.key), ["ES256"]).encode()
        )

        assert told.verdict is verdict, told.checks
