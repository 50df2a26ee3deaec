"""Proofs and keys that were good for a while, and lists that are others than they should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from academe.services.credential.parts import CredentialParts
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict
from tests.integration.credential.validation.conftest import College, Elsewhere
from tests.integration.credential.validation.signing import sign_as, sign_as_anybody, statement

DAY = timedelta(days=1)


def times(days: int) -> str:
    return f"{datetime.now(UTC) + days * DAY:%Y-%m-%dT%H:%M:%SZ}"


async def test_a_proof_that_was_to_hold_until_yesterday(parts: CredentialParts) -> None:
    """Whoever signed it said so."""
    over = await parts.validation.verify_document(sign_as_anybody(statement(), expires=times(-1)), {})
    still = await parts.validation.verify_document(sign_as_anybody(statement(), expires=times(1)), {})

    assert (over.verdict, over.checks[-1].name) == (Verdict.INVALID, CheckName.PROOF)
    assert still.verdict is Verdict.VALID, still.checks


async def test_a_key_that_was_to_be_used_until_yesterday(
    parts: CredentialParts, college: College, elsewhere: Elsewhere
) -> None:
    """The key document may say until when each of its keys is good."""
    content = college.sign(college.document())
    url = next(url for url in elsewhere.documents if url.endswith("did.json"))
    keys = json.loads(elsewhere.documents[url])
    verdicts = []
    for days in (-1, 1):
        for key in keys["verificationMethod"]:
            key["expires"] = times(days)
        elsewhere.documents[url] = json.dumps(keys).encode()
        verdicts.append((await parts.validation.verify_document(content, {})).verdict)

    assert verdicts == [Verdict.INVALID, Verdict.VALID]


def _no_list(listing: dict[str, Any]) -> None:
    listing["type"] = ["VerifiableCredential"]


def _another_list(listing: dict[str, Any]) -> None:
    listing["id"] = "http://localhost:50080/status/another/revocation"


@pytest.mark.parametrize("change", [_no_list, _another_list])
async def test_something_else_of_the_issuer_in_the_place_of_a_list(
    parts: CredentialParts, college: College, elsewhere: Elsewhere, change: Callable[[dict[str, Any]], None]
) -> None:
    """Lists may lie on another machine than the keys: who has that could exchange them."""
    content = college.sign(college.document())
    for url in [url for url in elsewhere.documents if "/status/" in url]:
        listing = json.loads(elsewhere.documents[url])
        change(listing)
        elsewhere.documents[url] = sign_as(college.issuer.signing, listing)

    told = await parts.validation.verify_document(content, {})

    assert told.verdict is Verdict.UNKNOWN
    assert [one.name for one in told.checks if one.result is not CheckResult.PASS] == [CheckName.STATUS]
