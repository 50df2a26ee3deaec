"""Signs what was issued before credentials were signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from academe.clock import utcnow
from academe.services.credential.issuance.awarding import TRIES
from academe.services.credential.issuance.awards import COMPLETED, design_of
from academe.services.credential.issuance.draft import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Draft,
    Identity,
    IssuerProfile,
    StatusPlace,
    achievement_uri,
)
from academe.services.credential.issuance.placing import sign_in_places
from academe.services.credential.issuance.repository import IssuanceRepository, KeyReplaced
from academe.services.credential.issuance.repository_backlog import BacklogRepository
from academe.services.credential.issuance.repository_rows import Issue
from academe.services.credential.issuance.signing import Signer
from academe.services.credential.keys import Issuers, SigningIssuer
from academe.services.credential.model import Credential
from academe.services.credential.standards.errors import Refused

BATCH = 50


class Backlog:
    """Give `run` to Background once; it ends when nothing is left. Several servers may do it at once: each
    credential is signed for good by the first that stores it."""

    def __init__(
        self,
        repository: BacklogRepository,
        places: IssuanceRepository,
        issuers: Issuers,
        signer: Signer,
        *,
        base_uri: str,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._places = places
        self._issuers = issuers
        self._signer = signer
        self._base_uri = base_uri
        self._log = log
        self._clock = clock

    async def run(self) -> None:
        """In the order in which they were issued. What cannot be signed is logged, and left as it is."""
        after, signed = None, 0
        while found := await self._repository.list_unsigned(after, BATCH):
            signed += await self._sign(found)
            after = found[-1].credential_id
        if signed:
            self._log.info("credentials from before were signed", count=signed)

    async def _sign(self, found: Sequence[Credential]) -> int:
        for attempt in range(1, TRIES + 1):
            issuer = await self._issuers.signing(None)
            issues = await self._prepare(found, issuer, self._clock().replace(microsecond=0))
            try:
                return await self._repository.add_signatures(issuer.issuer.issuer_id, issues)
            except KeyReplaced:
                if attempt == TRIES:
                    raise
                await self._issuers.reload()
        raise AssertionError("unreachable")

    async def _prepare(
        self, found: Sequence[Credential], issuer: SigningIssuer, now: datetime
    ) -> list[Issue]:
        """Signed and ready to be stored, but for those that cannot be."""
        who = issuer.issuer
        owners = [(one.learner_id, one.credential_id) for one in found]
        places = await self._places.reserve_places(who.issuer_id, owners, now)
        drafts = [self._draft(one, issuer, place) for one, place in zip(found, places, strict=True)]
        issues = []
        signed = await sign_in_places(self._signer, self._places, issuer, drafts, now)
        for one, outcome in zip(found, signed, strict=True):
            if isinstance(outcome, Refused):
                self._log.error(
                    "a credential from before cannot be signed",
                    credential_id=str(one.credential_id),
                    path=outcome.path,
                    why=outcome.reason,
                )
                continue
            credential = replace(
                one,
                issuer_id=who.issuer_id,
                issuer_name=who.name,
                issuer_did=who.did,
                document_sha256=outcome.sha256,
            )
            issues.append(Issue(credential, outcome.document(design_of(None, who))))
        return issues

    def _draft(self, one: Credential, issuer: SigningIssuer, place: StatusPlace) -> Draft:
        """In the words of its day; of the learner it knows the name alone."""
        return Draft(
            credential_id=one.credential_id,
            code=one.verification_code,
            base_uri=self._base_uri,
            type=one.type,
            issuer=IssuerProfile.of(issuer.issuer, self._base_uri),
            achievement=Achievement(
                uri=achievement_uri(self._base_uri, one.course_id, one.type),
                name=one.title,
                achievement_type=ACHIEVEMENT_TYPES[one.type],
                description=one.title,
                criteria=COMPLETED,
            ),
            identities=[Identity.of("name", one.learner_name)],
            issue_time=one.issue_time,
            expire_time=None,
            status=place,
        )
