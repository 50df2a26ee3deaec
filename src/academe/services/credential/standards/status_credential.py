"""Status lists as credentials of their own.

Source: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from academe.services.credential.standards.contexts import CREDENTIALS_V2
from academe.services.credential.standards.status_list import LENGTH, encode


def compose(
    *,
    uri: str,
    issuer: str | dict[str, Any],
    purpose: str,
    positions: Iterable[int],
    valid_from: str,
    valid_until: str | None = None,
    ttl_seconds: int | None = None,
    length: int = LENGTH,
) -> dict[str, Any]:
    """The unsigned list at `uri`, with the bits at `positions` set for `purpose`, revocation or suspension.

    Times have offsets. The standard counts the time that a copy stays fresh in milliseconds.
    """
    subject: dict[str, Any] = {
        "id": f"{uri}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(positions, length),
    }
    if ttl_seconds is not None:
        subject["ttl"] = ttl_seconds * 1_000
    return {
        "@context": [CREDENTIALS_V2],
        "id": uri,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from,
        **({"validUntil": valid_until} if valid_until is not None else {}),
        "credentialSubject": subject,
    }
