"""The one way in which credentials come to be, whether one is asked for, many, or none but the course."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.clock import utcnow
from academe.errors import FieldViolation, Overloaded
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.issuance.awards import Award, Key
from academe.services.credential.issuance.fields import issuer_field, request_field, template_field
from academe.services.credential.issuance.placing import sign_in_places
from academe.services.credential.issuance.repository import IssuanceRepository, KeyReplaced
from academe.services.credential.issuance.repository_requests import Overtaken
from academe.services.credential.issuance.repository_rows import Issue
from academe.services.credential.issuance.signing import Signed, Signer
from academe.services.credential.keys import Issuers, SigningIssuer
from academe.services.credential.model import Credential, CredentialState, Replay
from academe.services.credential.standards.errors import Refused

TRIES = 5
"""To sign again when a key was replaced between the signature and the commit, or to look again when somebody
else issued the same meanwhile; that happens once in months."""

RETRY_SECONDS = 1.0
"""After which a caller may try who met with that every time."""


class Awarding:
    """Composes, signs, stores and logs. What it is given is decided already."""

    def __init__(
        self,
        repository: IssuanceRepository,
        issuers: Issuers,
        signer: Signer,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._issuers = issuers
        self._signer = signer
        self._base_uri = base_uri
        self._clock = clock

    async def issue(
        self, awards: Sequence[Award], replays: Mapping[Key, Replay] | None = None
    ) -> list[tuple[Credential, bool] | CredentialUnsignable]:
        """The credential of each award and whether it is new, or why it cannot be signed; in the same order.

        What is new of one issuer is stored in one transaction. `replays` has the requests of awards, by their
        keys. Raises RequestIdReused, IssuerNotFound, WorkerUnavailable, and Overloaded to who was overtaken
        by others again and again.
        """
        replays = replays or {}
        answers: dict[Key, Credential] = {}
        for _ in range(TRIES):
            try:
                return await self._issue(awards, replays, answers)
            except Overtaken:
                answers = await self._answers(replays)
        raise Overloaded(retry_after_seconds=RETRY_SECONDS)

    async def _issue(
        self, awards: Sequence[Award], replays: Mapping[Key, Replay], answers: Mapping[Key, Credential]
    ) -> list[tuple[Credential, bool] | CredentialUnsignable]:
        """`answers` has what requests were answered with before. Raises Overtaken."""
        outcomes: dict[Key, tuple[Credential, bool] | CredentialUnsignable] = {}
        held = await self._repository.find_issued([award.key for award in awards])
        found = {award.key: held[award.key] for award in awards if award.key in held and _stays(award, held)}
        found |= answers
        outcomes |= {key: (credential, False) for key, credential in found.items()}
        claims = [(replays[key], credential) for key, credential in found.items() if key in replays]
        if claims:
            await self._repository.claim_requests(claims)
        missing = {award.key: award for award in awards if award.key not in outcomes}
        for issuer_id in {award.issuer_id for award in missing.values()}:
            group = [award for award in missing.values() if award.issuer_id == issuer_id]
            outcomes |= await self._issue_of(issuer_id, group, replays)
        return [outcomes[award.key] for award in awards]

    async def _answers(self, replays: Mapping[Key, Replay]) -> dict[Key, Credential]:
        found = {key: await self._repository.find_answer(replay) for key, replay in replays.items()}
        return {key: credential for key, credential in found.items() if credential is not None}

    async def answered(self, replay: Replay) -> Credential | None:
        """What a request was answered with before, as it is now; also when another took its place since.

        Raises RequestIdReused when it asked for something else.
        """
        return await self._repository.find_answer(replay)

    async def _issue_of(
        self, issuer_id: UUID | None, awards: Sequence[Award], replays: Mapping[Key, Replay]
    ) -> dict[Key, tuple[Credential, bool] | CredentialUnsignable]:
        for _ in range(TRIES):
            issuer = await self._issuers.signing(issuer_id)
            prepared, refused = await self._prepare(issuer, awards)
            if not prepared:
                return dict(refused)
            try:
                stored = await self._repository.add_issues(issuer.issuer.issuer_id, prepared, replays)
            except KeyReplaced:
                await self._issuers.reload()
                continue
            new = {one.credential.credential_id for one in prepared}
            answers = {
                (one.learner_id, one.enrollment_id, int(one.type)): (one, one.credential_id in new)
                for one in stored
            }
            return {**refused, **answers}
        raise Overloaded(retry_after_seconds=RETRY_SECONDS)

    async def _prepare(
        self, issuer: SigningIssuer, awards: Sequence[Award]
    ) -> tuple[list[Issue], dict[Key, CredentialUnsignable]]:
        """Signed and ready to be stored; and those that cannot be signed."""
        now = self._clock().replace(microsecond=0)  # the document has whole seconds, and so does the row
        who = issuer.issuer
        credentials = [award.credential(who, now) for award in awards]
        places = await self._repository.reserve_places(
            who.issuer_id, [(one.learner_id, one.credential_id) for one in credentials], now
        )
        drafts = [
            award.draft(credential, who, place, self._base_uri)
            for award, credential, place in zip(awards, credentials, places, strict=True)
        ]
        prepared: list[Issue] = []
        refused: dict[Key, CredentialUnsignable] = {}
        signed = await sign_in_places(self._signer, self._repository, issuer, drafts)
        for award, credential, outcome in zip(awards, credentials, signed, strict=True):
            if isinstance(outcome, Refused):
                refused[award.key] = unsignable(award, outcome)
            else:
                prepared.append(_issue(award, credential, issuer, outcome))
        return prepared, refused


def _stays(award: Award, held: Mapping[Key, Credential]) -> bool:
    """Whether what is there is the answer, and not to be replaced."""
    return not award.replaces_revoked or held[award.key].state is not CredentialState.REVOKED


def unsignable(award: Award, refused: Refused) -> CredentialUnsignable:
    """With the name of the field that somebody can correct: of the request, the template, the course or the
    issuer."""
    field = request_field(refused.path)
    if not field and (of_template := template_field(refused.path)):
        of_course = of_template == "title" and not (award.template and award.template.title)
        field = "course.title" if of_course else f"template.{of_template}"
    if not field and (of_issuer := issuer_field(refused.path)):
        field = f"issuer.{of_issuer}"
    violation = FieldViolation(field or "credential", refused.reason, refused.code)
    return CredentialUnsignable(
        f"{violation.field}: cannot be signed: {refused.reason}", violations=(violation,), path=refused.path
    )


def _issue(award: Award, credential: Credential, issuer: SigningIssuer, signed: Signed) -> Issue:
    document = signed.document(award.design(issuer.issuer))
    credential = replace(credential, document_sha256=signed.sha256)
    return Issue(credential, document, award.replaces_revoked)
