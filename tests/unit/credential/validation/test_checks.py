"""What a document says of its dates and its recipient, written as others write it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from academe.services.credential.issuance.draft import identity_hash
from academe.services.credential.validation.checks import begin_of, check_recipient, check_validity, end_of
from academe.services.credential.validation.model import CheckResult, Verdict

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EARLIER, LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


def issued_to(stated: str, kind: str = "emailAddress", **fields: Any) -> dict[str, Any]:
    identity = {"type": "IdentityObject", "hashed": True, "identityType": kind, "salt": "s", **fields}
    return {"credentialSubject": {"identifier": {**identity, "identityHash": stated}}}


def sha256(text: str) -> str:
    return "sha256$" + hashlib.sha256(text.encode()).hexdigest()


def md5(text: str) -> str:
    return "md5$" + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (identity_hash("Ada@x.org", "s"), " ada@X.org"),
        (sha256("Ada@x.orgs"), "Ada@x.org"),
        (sha256("ada@x.orgs"), "Ada@x.org"),
        (sha256("ada@x.orgs").upper(), "ada@x.org"),
        (md5("ada@x.orgs"), "ada@x.org"),
        (md5("Ada@x.orgs"), "Ada@x.org"),
        (sha256("Zo\u00ebs"), "Zoe\u0308"),
        (sha256("Zoe\u0308s"), "Zoe\u0308"),
    ],
)
def test_spellings_and_hashes_of_others(stated: str, expected: str) -> None:
    """Open Badges have two hashes, and do not say how an address is written before it is hashed."""
    assert check_recipient(issued_to(stated), {"emailAddress": expected}).result is CheckResult.PASS
    other = check_recipient(issued_to(stated), {"emailAddress": "charles@x.org"})
    assert (other.result, other.verdict) == (CheckResult.FAIL, Verdict.INVALID)


@pytest.mark.parametrize("stated", ["sha512$" + "0" * 128, "scrypt$x", "0" * 64])
def test_a_hash_that_is_not_known_here(stated: str) -> None:
    """It may be who is expected, or not."""
    assert check_recipient(issued_to(stated), {"emailAddress": "ada@x.org"}).result is CheckResult.UNKNOWN


def test_one_of_several_hashes_is_known() -> None:
    """And says that it is."""
    known, strange = (issued_to(one)["credentialSubject"] for one in (md5("Adas"), "sha512$0"))
    document = {"credentialSubject": [strange, known]}

    assert check_recipient(document, {"emailAddress": "Ada"}).result is CheckResult.PASS
    assert check_recipient(document, {"emailAddress": "Charles"}).result is CheckResult.UNKNOWN


def test_a_name_in_other_letters() -> None:
    """Only addresses are the same in capitals."""
    assert check_recipient(issued_to(sha256("adas"), "name"), {"name": "Ada"}).result is CheckResult.FAIL


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"validUntil": LATER, "expirationDate": EARLIER}, Verdict.EXPIRED),
        ({"validUntil": EARLIER, "expirationDate": LATER}, Verdict.EXPIRED),
        ({"validFrom": EARLIER, "issuanceDate": LATER}, Verdict.NOT_YET_VALID),
        ({"validFrom": LATER, "issuanceDate": EARLIER}, Verdict.NOT_YET_VALID),
    ],
)
def test_dates_that_are_given_twice(fields: dict[str, str], verdict: Verdict) -> None:
    """Under the names of both data models: the shorter time counts."""
    found = check_validity(fields, NOW)

    assert (found.result, found.verdict) == (CheckResult.FAIL, verdict)
    assert {begin_of(fields), end_of(fields)} == {
        None,
        datetime(2020 if verdict is Verdict.EXPIRED else 2099, 1, 1, tzinfo=UTC),
    }
