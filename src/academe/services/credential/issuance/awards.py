"""Who gets what: an enrollment with all that its credential says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.ids import new_id
from academe.services.credential.codes import new_code
from academe.services.credential.issuance.draft import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Alignment,
    Draft,
    Identity,
    IssuerProfile,
    StatusPlace,
    achievement_uri,
)
from academe.services.credential.keys import Issuer
from academe.services.credential.model import (
    Credential,
    CredentialState,
    CredentialType,
    CredentialVisibility,
    Evidence,
    Result,
)
from academe.services.credential.ports import Account, CourseFacts, EnrollmentFacts
from academe.services.credential.templates import Template

COMPLETED = "Every required lesson of the course was completed."
"""The criteria where no template states others; true of every credential, because of when it is issued."""

Key = tuple[UUID, UUID, int]
"""Learner, enrollment and type, of which there is one credential."""


@dataclass(frozen=True, slots=True)
class Award:
    """A credential of a type for an enrollment. `awarder` is None where nobody decided it but the course."""

    enrollment: EnrollmentFacts
    course: CourseFacts
    type: CredentialType
    learner: Account
    awarder: Account | None
    template: Template | None
    results: Sequence[Result] = ()
    evidence: Sequence[Evidence] = ()
    replaces_revoked: bool = False
    """Whether it takes the place of one that is revoked, which is the answer otherwise."""

    @property
    def key(self) -> Key:
        return self.enrollment.learner_id, self.enrollment.enrollment_id, int(self.type)

    def with_work(
        self, results: Sequence[Result], evidence: Sequence[Evidence], *, replaces_revoked: bool
    ) -> Award:
        return replace(self, results=results, evidence=evidence, replaces_revoked=replaces_revoked)

    @property
    def issuer_id(self) -> UUID | None:
        return self.template.issuer_id if self.template is not None else None

    def credential(self, issuer: Issuer, now: datetime) -> Credential:
        """As it will be stored, but for the digest of its document."""
        template = self.template
        expires = template is not None and template.validity_days > 0
        return Credential(
            credential_id=new_id(),
            enrollment_id=self.enrollment.enrollment_id,
            course_id=self.enrollment.course_id,
            learner_id=self.enrollment.learner_id,
            awarder_id=self.awarder.user_id if self.awarder is not None else None,
            type=self.type,
            course_title=self.course.title,
            learner_name=shown_name(self.learner),
            awarder_name=shown_name(self.awarder) if self.awarder is not None else "",
            verification_code=new_code(),
            state=CredentialState.VALID,
            issue_time=now,
            revoke_time=None,
            status_reason="",
            version=1,
            issuer_id=issuer.issuer_id,
            issuer_name=issuer.name,
            issuer_did=issuer.did,
            title=(template.title if template is not None else "") or self.course.title,
            expire_time=now + timedelta(days=template.validity_days) if template and expires else None,
            suspend_time=None,
            visibility=CredentialVisibility.CODE,
            keeps_name=False,
            document_sha256=None,
        )

    def design(self, issuer: Issuer) -> Mapping[str, Any]:
        return design_of(self.template, issuer)

    def draft(self, credential: Credential, issuer: Issuer, place: StatusPlace, base_uri: str) -> Draft:
        """What is composed and signed."""
        return Draft(
            credential_id=credential.credential_id,
            code=credential.verification_code,
            base_uri=base_uri,
            type=self.type,
            issuer=IssuerProfile.of(issuer, base_uri),
            achievement=self._achievement(credential, base_uri),
            identities=identities_of(self.learner),
            issue_time=credential.issue_time,
            expire_time=credential.expire_time,
            status=place,
            results=self.results,
            evidence=self.evidence,
        )

    def _achievement(self, credential: Credential, base_uri: str) -> Achievement:
        template = self.template
        return Achievement(
            uri=achievement_uri(base_uri, credential.course_id, self.type),
            name=credential.title,
            achievement_type=(template.achievement_type if template else "") or ACHIEVEMENT_TYPES[self.type],
            description=(template.description if template else "") or credential.title,
            criteria=(template.criteria if template else "") or COMPLETED,
            criteria_uri=template.criteria_uri if template else "",
            language_code=template.language_code if template else "",
            tags=template.tags if template else (),
            alignments=[
                Alignment(one.name, one.uri, one.code, one.framework, one.description)
                for one in (template.alignments if template else ())
            ],
        )


def design_of(template: Template | None, issuer: Issuer) -> Mapping[str, Any]:
    """What the picture of a certificate needs, as JSON keeps it."""
    return {
        "description": template.description if template else "",
        "criteria": (template.criteria if template else "") or COMPLETED,
        "language_code": template.language_code if template else "",
        "signatories": [one.as_json() for one in template.signatories] if template else [],
        **issuer.brand_json(),
    }


def shown_name(account: Account) -> str:
    return account.display_name or account.username


def identities_of(account: Account) -> list[Identity]:
    """The learner as salted hashes: of the name, and of the e-mail address if there is one."""
    named = [Identity.of("name", shown_name(account))]
    return [*named, Identity.of("emailAddress", account.email)] if account.email else named
