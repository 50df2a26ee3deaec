"""Values that are allowed where they stand, and that a program may stumble over: always a verdict."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from academe.services.credential.parts import CredentialParts
from academe.services.credential.validation.fetch import Unreachable, WebFetcher
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict
from tests.integration.credential.validation.signing import sign_as_anybody, statement


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_is_beyond_the_calendar_elsewhere(parts: CredentialParts, time: str) -> None:
    """Its year in UTC would be 0, or 10000."""
    for field in ("validFrom", "validUntil", "issuanceDate"):
        told = await parts.validation.verify_document(json.dumps(statement(**{field: time})).encode(), {})

        assert told.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("issuer", "verdict"),
    [
        ("https://[a", Verdict.UNKNOWN),
        ("did:web:oxford.example%3A65536", Verdict.INVALID),
        ("did:web:oxford.example%3A99999", Verdict.INVALID),
    ],
)
async def test_an_issuer_at_no_address(parts: CredentialParts, issuer: str, verdict: Verdict) -> None:
    """Half of one, or one at a port that no machine has, of a token that nobody needs to have signed."""
    header = {"alg": "ES256", "kid": f"{issuer}#key-1"}
    token = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in (header, statement(issuer=issuer))
    ]

    told = await parts.validation.verify_document(b".".join([*token, b"AAAA"]), {})

    assert told.verdict is verdict


@pytest.mark.parametrize("purpose", [["revocation"], ["revocation", "suspension"], "refresh"])
async def test_a_status_for_purposes_that_are_not_one_we_know(parts: CredentialParts, purpose: Any) -> None:
    """What it means cannot be said, so it is not in force for all that we know."""
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": "1",
        "statusListCredential": "https://oxford.example/status",
    }

    told = await parts.validation.verify_document(sign_as_anybody(statement(credentialStatus=entry)), {})

    assert told.verdict is Verdict.UNKNOWN
    assert [one.name for one in told.checks if one.result is not CheckResult.PASS] == [CheckName.STATUS]


async def test_a_list_at_half_an_address() -> None:
    """It cannot be had, which is an answer."""
    fetcher = WebFetcher()
    try:
        with pytest.raises(Unreachable):
            await fetcher.get("https://[oxford.example/status")
    finally:
        await fetcher.close()
