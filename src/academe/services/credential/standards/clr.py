"""Transcripts: a Comprehensive Learner Record 2.0 around credentials that are signed each by its own issuer.

Source: https://www.imsglobal.org/spec/clr/v2p0. The order of contexts is that of 1EdTech's own examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from academe.services.credential.standards.contexts import CLR, CREDENTIALS_V2, OPEN_BADGES


def compose(
    *,
    uri: str,
    issuer: dict[str, Any],
    name: str,
    identifiers: Sequence[dict[str, Any]],
    credentials: Sequence[dict[str, Any]],
    valid_from: str,
    valid_until: str | None = None,
) -> dict[str, Any]:
    """The unsigned record with id `uri`. `identifiers` are IdentityObjects of the learner, `credentials` are
    whole documents with their proofs, at least one, and times have offsets.

    Raises ValueError without a credential: a record of nothing is none.
    """
    if not credentials:
        raise ValueError("a transcript has at least one credential")
    subject: dict[str, Any] = {"type": ["ClrSubject"], "verifiableCredential": list(credentials)}
    if identifiers:
        subject["identifier"] = list(identifiers)
    return {
        "@context": [CREDENTIALS_V2, CLR, OPEN_BADGES],
        "id": uri,
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": issuer,
        "validFrom": valid_from,
        **({"validUntil": valid_until} if valid_until is not None else {}),
        "name": name,
        "credentialSubject": subject,
    }
