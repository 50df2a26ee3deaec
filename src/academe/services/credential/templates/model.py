"""Templates as values."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.model import CredentialType

KNOWN_ACHIEVEMENT_TYPES = frozenset(
    [
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CoCurricular",
        "CommunityService",
        "Competency",
        "Course",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "MasterCertificate",
        "MasterDegree",
        "Membership",
        "MicroCredential",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    ]
)
"""AchievementType of Open Badges 3.0, without its extensions."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Whose name stands at the bottom. The role may be empty, and the picture of the signature too."""

    name: str
    role: str
    image: bytes = field(repr=False)

    def as_json(self) -> Mapping[str, str]:
        return {"name": self.name, "role": self.role, "image": base64.b64encode(self.image).decode()}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Signatory:
        return cls(stored["name"], stored["role"], base64.b64decode(stored["image"]))


@dataclass(frozen=True, slots=True)
class Template:
    """What the credentials of one type of a course say. Texts may be empty: then the course has its say."""

    course_id: UUID
    type: CredentialType
    issuer_id: UUID | None
    """None for the school itself."""
    title: str
    description: str
    criteria: str
    criteria_uri: str
    alignments: Sequence[Alignment]
    tags: Sequence[str]
    language_code: str
    validity_days: int
    """0 for no end."""
    signatories: Sequence[Signatory]
    issued_on_completion: bool
    achievement_type: str
    update_time: datetime
    version: int
    """What the etag says."""
