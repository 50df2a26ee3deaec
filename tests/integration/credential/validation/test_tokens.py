"""Tokens of others, and keys that cannot be had: what cannot be checked here is not called forged."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards import jose, strict_json
from academe.services.credential.validation import proofs
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from tests.integration.credential.validation.conftest import College, Elsewhere
from tests.support.graduates import BASE_URI, Faculty, certify

DAY = 86_400
NOW = int(time.time())
YESTERDAY, TOMORROW = NOW - DAY, NOW + DAY


def text(seconds: int, fraction: str = "") -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def token(college: College, **claims: Any) -> bytes:
    """A credential of the college without an end, with these claims."""
    key = college.issuer.signing.token_key
    header = {"alg": "ES256", "typ": "vc+jwt", "kid": key.method}
    text = json.dumps({**college.document(), **claims})
    return jws.serialize_compact(header, text, ECKey.import_key(key.key), ["ES256"]).encode()


def unsigned(header: dict[str, Any], document: dict[str, Any]) -> bytes:
    parts = (json.dumps(one).encode() for one in (header, document))
    return b".".join(base64.urlsafe_b64encode(one).rstrip(b"=") for one in (*parts, b"x" * 64))


def faults(told: Verification) -> list[CheckName]:
    return [one.name for one in told.checks if one.result is not CheckResult.PASS]


@pytest.mark.parametrize("page", [b"<!doctype html><title>Maintenance</title>", b"{}", b'{"id":"x"}'])
async def test_a_key_document_that_is_none(
    parts: CredentialParts, college: College, elsewhere: Elsewhere, page: bytes
) -> None:
    """The server answers, with something else: whether the key is in the document nobody knows."""
    content = college.sign(college.document())
    elsewhere.documents[next(url for url in elsewhere.documents if url.endswith("did.json"))] = page

    told = await parts.validation.verify_document(content, {})

    assert (told.verdict, faults(told)) == (Verdict.UNKNOWN, [CheckName.ISSUER])


@pytest.mark.parametrize("alg", ["PS256", "RS512", "ES384", "ES256K", "Ed448"])
async def test_algorithms_that_are_not_checked_here(
    parts: CredentialParts, college: College, alg: str
) -> None:
    """As with unknown suites in documents."""
    content = unsigned({"alg": alg, "kid": f"{college.issuer.did}#key-2"}, college.document())

    told = await parts.validation.verify_document(content, {})

    assert (told.verdict, faults(told)) == (Verdict.UNKNOWN, [CheckName.PROOF])


KEYS = [
    {"kid": "https://college.example/keys/1"},
    {"kid": "https://college.example/keys#key-1"},
    {"jwk": {"kty": "RSA", "n": "x", "e": "AQAB"}},
]


@pytest.mark.parametrize("named", KEYS)
async def test_a_key_by_its_address_or_in_the_token(
    parts: CredentialParts, college: College, elsewhere: Elsewhere, named: dict[str, Any]
) -> None:
    """Open Badges 3.0 allow both. Neither says that it is the issuer's, so it is not asked for either."""
    told = await parts.validation.verify_document(unsigned({"alg": "RS256", **named}, college.document()), {})

    assert told.verdict is Verdict.UNKNOWN
    assert elsewhere.asked == []


@pytest.mark.parametrize("named", KEYS)
async def test_no_key_of_ours_has_such_a_name(
    parts: CredentialParts, faculty: Faculty, named: dict[str, Any]
) -> None:
    """So what says it is ours, and is signed with one, is forged."""
    issued = await certify(parts, faculty)
    document = {"issuer": issued.issuer_did, "id": f"{BASE_URI}/credentials/{issued.verification_code}"}
    forged = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "urn:example:ada"},
        **document,
    }

    told = await parts.validation.verify_document(unsigned({"alg": "RS256", **named}, forged), {})

    assert told.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ({"exp": TOMORROW}, Verdict.VALID),
        ({"exp": YESTERDAY}, Verdict.EXPIRED),
        ({"exp": YESTERDAY, "validUntil": text(TOMORROW)}, Verdict.INVALID),
        ({"nbf": TOMORROW, "validFrom": text(TOMORROW)}, Verdict.NOT_YET_VALID),
        ({"nbf": YESTERDAY + 0.5, "validFrom": text(YESTERDAY, ".500")}, Verdict.VALID),
        ({"nbf": YESTERDAY + 1, "validFrom": text(YESTERDAY, ".500")}, Verdict.VALID),
        ({"nbf": YESTERDAY + 2, "validFrom": text(YESTERDAY, ".500")}, Verdict.INVALID),
        ({"exp": True}, Verdict.INVALID),
        ({"exp": "tomorrow"}, Verdict.INVALID),
        ({"exp": 10**15}, Verdict.INVALID),
    ],
)
async def test_times_in_claims(
    parts: CredentialParts, college: College, claims: dict[str, Any], verdict: Verdict
) -> None:
    """An end may stand in the claims alone, where it counts; and they need not be as precise."""
    told = await parts.validation.verify_document(token(college, **claims), {})

    assert told.verdict is verdict, told.checks
    if verdict is Verdict.EXPIRED:
        assert told.statement is not None
        assert told.statement.expire_time == datetime.fromtimestamp(YESTERDAY, UTC)


async def test_a_payload_is_read_once(
    parts: CredentialParts, college: College, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have a quarter of a million bytes, and strangers send it."""
    content, read = token(college), []
    parse = strict_json.parse

    def counted(data: bytes, *size_max: int) -> dict[str, Any]:
        read.append(data)
        return parse(data, *size_max)

    for module in (jose.strict_json, proofs.jose.strict_json):
        monkeypatch.setattr(module, "parse", counted)

    told = await parts.validation.verify_document(content, {})

    assert told.verdict is Verdict.VALID, told.checks
    assert len([one for one in read if b"credentialSubject" in one and b"encodedList" not in one]) == 1
