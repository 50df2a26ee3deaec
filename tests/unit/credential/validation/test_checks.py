"""What a document says of its dates, written as others write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from academe.services.credential.validation.checks import begin_of, check_validity, end_of
from academe.services.credential.validation.model import CheckResult, Verdict

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EARLIER, LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


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
