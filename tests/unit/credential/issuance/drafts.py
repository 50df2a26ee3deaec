"""A draft that says the least, to which tests add."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from academe.services.credential.issuance.draft import (
    Achievement,
    Alignment,
    Draft,
    Identity,
    IssuerProfile,
    StatusPlace,
)
from academe.services.credential.model import CredentialType, Evidence, Result

BASE = "https://school.example"
CODE = "0123456789ABCDEFGHJK"
LIST = UUID("0198a000-0000-7000-8000-000000000001")
URI = f"{BASE}/credentials/{CODE}"
ACHIEVEMENT = f"{BASE}/achievements/0198a000-0000-7000-8000-000000000002/certificate"
ISSUED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NAME = Identity.of("name", "Ada", "one")
ADDRESS = Identity.of("emailAddress", "ada@example.org", "two")

LEAST = Draft(
    credential_id=UUID(int=1),
    code=CODE,
    base_uri=BASE,
    type=CredentialType.CERTIFICATE,
    issuer=IssuerProfile("did:web:school.example", "A School"),
    achievement=Achievement(ACHIEVEMENT, "Loops", "Certificate", "All about loops", "Every lesson"),
    identities=[NAME],
    issue_time=ISSUED,
    expire_time=None,
    status=StatusPlace(LIST, 70_000),
)

MOST: dict[str, dict[str, Any]] = {
    "issuer": {"uri": "https://a.example/", "email": "office@a.example", "image_uri": f"{BASE}/logo"},
    "achievement": {
        "criteria_uri": "https://a.example/loops?level=1#criteria",
        "language_code": "de-CH",
        "tags": ["loops", "Schleifen"],
        "alignments": [
            Alignment("Iterating", "https://skills.example/1", "S-1", "Skills", "Doing it again"),
            Alignment("Recursing", "https://skills.example/2"),
        ],
    },
    "draft": {
        "expire_time": datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC),
        "identities": [NAME, ADDRESS],
        "results": [Result("Grade", "1.7"), Result("Words", "12 000")],
        "evidence": [
            Evidence("Essay", "https://work.example/essay", "On *loops*"),
            Evidence("Talk", "", ""),
        ],
    },
}
"""Every optional field, by what has it."""


def draft(**fields: Any) -> Draft:
    """LEAST with fields of the draft, the issuer and the achievement, told apart by their names."""
    issuer = {name: fields.pop(name) for name in MOST["issuer"] if name in fields}
    achievement = {
        name: fields.pop(name)
        for name in (*MOST["achievement"], "name", "description", "criteria", "achievement_type")
        if name in fields
    }
    return replace(
        LEAST,
        issuer=replace(LEAST.issuer, **issuer),
        achievement=replace(LEAST.achievement, **achievement),
        **fields,
    )


def everything() -> dict[str, Any]:
    return {name: value for fields in MOST.values() for name, value in fields.items()}
