"""Drafts of credentials, the same on every run: all kinds, many scripts, each optional field there or not."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from academe.codes import ALPHABET
from academe.services.credential.issuance.draft import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Alignment,
    Draft,
    Identity,
    IssuerProfile,
    StatusPlace,
)
from academe.services.credential.model import CredentialType, Evidence, Result
from tests.interop.texts import LANGUAGES, NARRATIVES, NUMBERS, PEOPLE, TITLES

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
YEARS_20 = timedelta(days=7305)
LIST_LENGTH = 131_072

OPTIONS = (
    "expires",
    "criteria_uri",
    "language",
    "tags",
    "alignments",
    "alignment_details",
    "results",
    "evidence",
    "evidence_details",
    "chosen_type",
    "name_only",
)
"""What a credential may have or lack. Each is decided for each draft, whatever was decided for the others."""

CHOSEN_TYPES = ("BachelorDegree", "MasterDegree", "Diploma", "Course", "Assessment")


def drafts(
    count: int, issuers: Sequence[tuple[IssuerProfile, uuid.UUID]], base_uri: str, seed: int = 4
) -> list[Draft]:
    """`count` drafts that take turns in type and issuer, each given with its list; no two share a place."""
    source = random.Random(seed)
    places = source.sample(range(LIST_LENGTH), count)
    types = list(CredentialType)
    made = []
    for number, place in enumerate(places):
        issuer, list_id = issuers[number // len(types) % len(issuers)]
        status = StatusPlace(list_id, place)
        made.append(_draft(source, types[number % len(types)], issuer, base_uri, status))
    return made


def _draft(
    source: random.Random, kind: CredentialType, issuer: IssuerProfile, base_uri: str, place: StatusPlace
) -> Draft:
    has = {option: source.random() < 0.5 for option in OPTIONS}
    issued = START + timedelta(seconds=source.randrange(20_000_000))
    results = [_result(source) for _ in range(source.randint(1, 4))] if has["results"] else []
    evidence = [
        _evidence(source, number, detailed=has["evidence_details"]) for number in range(source.randint(1, 3))
    ]
    return Draft(
        credential_id=_uuid(source),
        code="".join(source.choice(ALPHABET) for _ in range(20)),
        base_uri=base_uri,
        type=kind,
        issuer=issuer,
        achievement=_achievement(source, kind, base_uri, has),
        identities=_identities(source, name_only=has["name_only"]),
        issue_time=issued,
        expire_time=issued + YEARS_20 if has["expires"] else None,
        status=place,
        results=results,
        evidence=evidence if has["evidence"] else [],
    )


def _achievement(
    source: random.Random, kind: CredentialType, base_uri: str, has: dict[str, bool]
) -> Achievement:
    return Achievement(
        uri=f"{base_uri}/achievements/{_uuid(source)}",
        name=source.choice(TITLES),
        achievement_type=source.choice(CHOSEN_TYPES) if has["chosen_type"] else ACHIEVEMENT_TYPES[kind],
        description=source.choice(NARRATIVES),
        criteria=source.choice(NARRATIVES),
        criteria_uri=f"{base_uri}/criteria?course={source.randrange(999)}#top" if has["criteria_uri"] else "",
        language_code=source.choice(LANGUAGES) if has["language"] else "",
        tags=source.sample([*TITLES, *LANGUAGES], source.randint(1, 6)) if has["tags"] else (),
        alignments=[
            _alignment(source, number, detailed=has["alignment_details"])
            for number in range(source.randint(1, 3))
        ]
        if has["alignments"]
        else (),
    )


def _alignment(source: random.Random, number: int, *, detailed: bool) -> Alignment:
    name, uri = (
        source.choice(TITLES),
        f"https://skills.example/{source.randrange(99)}/{number}?lang=fr&x=%C3%A9",
    )
    if not detailed:
        return Alignment(name, uri)
    return Alignment(
        name, uri, f"S{source.randrange(9999):04}.{number}", "ESCO ⇄ CEFR", source.choice(NARRATIVES)
    )


def _result(source: random.Random) -> Result:
    return Result(source.choice(TITLES), source.choice(NUMBERS))


def _evidence(source: random.Random, number: int, *, detailed: bool) -> Evidence:
    name = f"{number}. {source.choice(TITLES)}"  # what has no id is known by what it says
    if not detailed:
        return Evidence(name, "", "")
    return Evidence(
        name,
        f"https://work.example/{_uuid(source)}/{number}#%E2%9C%93",
        source.choice(NARRATIVES),
    )


def _identities(source: random.Random, *, name_only: bool) -> list[Identity]:
    person = source.choice(PEOPLE)
    name = Identity.of("name", person, f"{source.getrandbits(128):032x}")
    address = Identity.of(
        "emailAddress", f"learner{source.randrange(10**6)}@school.example", f"{source.getrandbits(128):032x}"
    )
    return [name] if name_only else [address, name]


def _uuid(source: random.Random) -> uuid.UUID:
    return uuid.UUID(int=source.getrandbits(128), version=4)
