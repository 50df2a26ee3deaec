"""Signing drafts that have places in status lists, which those that are not signed give back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from academe.services.credential.issuance.draft import Draft
from academe.services.credential.issuance.repository import IssuanceRepository
from academe.services.credential.issuance.signing import Signed, Signer
from academe.services.credential.keys import SigningIssuer
from academe.services.credential.standards.errors import Refused


async def sign_in_places(
    signer: Signer,
    repository: IssuanceRepository,
    issuer: SigningIssuer,
    drafts: Sequence[Draft],
    now: datetime | None = None,
) -> list[Signed | Refused]:
    """As `Signer.sign`. What is not signed gives its place back: who tries again reserves another, and while
    nothing can be signed, jobs and backlogs try again for ever."""
    try:
        signed = await signer.sign(issuer, drafts, now)
    except Exception:
        await repository.release_places([draft.status for draft in drafts])
        raise
    unused = [draft.status for draft, one in zip(drafts, signed, strict=True) if isinstance(one, Refused)]
    if unused:
        await repository.release_places(unused)
    return signed
