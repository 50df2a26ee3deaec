"""From a draft to the document: what is said is where Open Badges has it; what is not said is not there."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from academe.services.credential.issuance.compose import check_ids, compose, instant
from academe.services.credential.issuance.draft import ACHIEVEMENT_TYPES, Alignment
from academe.services.credential.model import CredentialType, Evidence, Result
from academe.services.credential.standards import canonical, guard, strict_json
from academe.services.credential.standards.errors import UncertainValue
from tests.unit.credential.issuance.drafts import (
    ACHIEVEMENT,
    ADDRESS,
    BASE,
    LIST,
    NAME,
    URI,
    draft,
    everything,
)


def identity(one: Any) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": one.digest,
        "identityType": one.kind,
        "salt": one.salt,
    }


def entry(purpose: str) -> dict[str, Any]:
    listed = f"{BASE}/status/{LIST}/{purpose}"
    return {
        "id": f"{listed}#70000",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": "70000",
        "statusListCredential": listed,
    }


def test_the_least_that_is_said() -> None:
    """No empty text, list or object anywhere: they would state something too, or nothing that is signed."""
    assert compose(draft()) == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": URI,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:school.example", "type": ["Profile"], "name": "A School"},
        "validFrom": "2026-01-02T03:04:05Z",
        "awardedDate": "2026-01-02T03:04:05Z",
        "name": "Loops",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [identity(NAME)],
            "achievement": {
                "id": ACHIEVEMENT,
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": "Loops",
                "description": "All about loops",
                "criteria": {"type": "Criteria", "narrative": "Every lesson"},
            },
        },
        "credentialStatus": [entry("revocation"), entry("suspension")],
    }


def test_the_most_that_is_said() -> None:
    """Every optional field has its place."""
    assert compose(draft(**everything())) == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": URI,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {
            "id": "did:web:school.example",
            "type": ["Profile"],
            "name": "A School",
            "url": "https://a.example/",
            "email": "office@a.example",
            "image": {"id": f"{BASE}/logo", "type": "Image"},
        },
        "validFrom": "2026-01-02T03:04:05Z",
        "validUntil": "2027-01-02T03:04:05Z",
        "awardedDate": "2026-01-02T03:04:05Z",
        "name": "Loops",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [identity(NAME), identity(ADDRESS)],
            "achievement": {
                "id": ACHIEVEMENT,
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": "Loops",
                "description": "All about loops",
                "criteria": {
                    "id": "https://a.example/loops?level=1#criteria",
                    "type": "Criteria",
                    "narrative": "Every lesson",
                },
                "inLanguage": "de-CH",
                "tag": ["loops", "Schleifen"],
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Iterating",
                        "targetUrl": "https://skills.example/1",
                        "targetCode": "S-1",
                        "targetFramework": "Skills",
                        "targetDescription": "Doing it again",
                    },
                    {
                        "type": ["Alignment"],
                        "targetName": "Recursing",
                        "targetUrl": "https://skills.example/2",
                    },
                ],
                "resultDescription": [
                    {
                        "id": f"{URI}#result-{number}",
                        "type": ["ResultDescription"],
                        "name": name,
                        "resultType": "Result",
                    }
                    for number, name in ((1, "Grade"), (2, "Words"))
                ],
            },
            "result": [
                {"type": ["Result"], "resultDescription": f"{URI}#result-{number}", "value": value}
                for number, value in ((1, "1.7"), (2, "12 000"))
            ],
        },
        "evidence": [
            {
                "id": "https://work.example/essay",
                "type": ["Evidence"],
                "name": "Essay",
                "narrative": "On *loops*",
            },
            {"type": ["Evidence"], "name": "Talk"},
        ],
        "credentialStatus": [entry("revocation"), entry("suspension")],
    }


def is_filled(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(is_filled, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(is_filled, value))
    return value not in ("", None)


@pytest.mark.parametrize("name", sorted(everything()))
def test_each_field_alone_and_each_left_out(name: str) -> None:
    """Can be signed, has nothing empty in it, and says something else than without the field."""
    rest = {key: value for key, value in everything().items() if key != name}
    alone, without = compose(draft(**{name: everything()[name]})), compose(draft(**rest))
    for document in (alone, without):
        guard.check(document)
        check_ids(document)
        assert is_filled(document)
        assert strict_json.parse(strict_json.serialise(document)) == document
    digests = {
        canonical.digest(one) for one in (alone, without, compose(draft()), compose(draft(**everything())))
    }

    assert len(digests) == 4


def test_any_of_them_together() -> None:
    """A few hundred of the thousands of ways in which fields can be there or not."""
    source, fields = random.Random(3), everything()
    digests = set()
    for _ in range(60):
        chosen = {name: value for name, value in fields.items() if source.random() < 0.5}
        document = compose(draft(**chosen))
        guard.check(document)
        assert is_filled(document)
        digests.add((frozenset(chosen), canonical.digest(document)))

    assert len({digest for _, digest in digests}) == len({chosen for chosen, _ in digests})


@pytest.mark.parametrize("kind", list(CredentialType))
def test_each_type_is_an_achievement(kind: CredentialType) -> None:
    """Of the vocabulary of Open Badges, and of all its documents."""
    document = compose(draft(type=kind, achievement_type=ACHIEVEMENT_TYPES[kind]))

    guard.check(document)
    assert document["credentialSubject"]["achievement"]["achievementType"] in {
        "Certificate",
        "Badge",
        "MicroCredential",
        "Degree",
    }


def test_times_are_utc_in_whole_seconds() -> None:
    """Wherever the server is and whatever the clock says beyond them."""
    late = datetime(2026, 1, 1, 23, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))

    assert instant(late) == "2026-01-02T05:00:00Z"
    assert instant(datetime(987, 6, 5, tzinfo=UTC)) == "0987-06-05T00:00:00Z"


ELSEWHERE = "https://work.example/1"
SAME = {
    "evidence twice": (
        {"evidence": [Evidence("A", ELSEWHERE, ""), Evidence("B", ELSEWHERE, "")]},
        "/evidence/1/id",
    ),
    "evidence and criteria": (
        {"criteria_uri": ELSEWHERE, "evidence": [Evidence("A", ELSEWHERE, "")]},
        "/evidence/0/id",
    ),
    "evidence and achievement": ({"evidence": [Evidence("Doctor", ACHIEVEMENT, "")]}, "/evidence/0/id"),
    "evidence and issuer": ({"evidence": [Evidence("A", "did:web:school.example", "")]}, "/evidence/0/id"),
    "evidence and credential": ({"evidence": [Evidence("A", URI, "")]}, "/evidence/0/id"),
    "criteria and achievement": (
        {"criteria_uri": ACHIEVEMENT},
        "/credentialSubject/achievement/criteria/id",
    ),
    "criteria and logo": (
        {"criteria_uri": f"{BASE}/logo", "image_uri": f"{BASE}/logo"},
        "/credentialSubject/achievement/criteria/id",
    ),
}


@pytest.mark.parametrize(("fields", "path"), SAME.values(), ids=SAME)
def test_what_has_the_address_of_something_else(fields: dict[str, Any], path: str) -> None:
    """Is refused where it stands: to a signature both are the same, and names could be exchanged."""
    with pytest.raises(UncertainValue) as refused:
        check_ids(compose(draft(**fields)))

    assert (refused.value.path, refused.value.code) == (path, "described_twice")


def test_names_that_are_exchanged() -> None:
    """What the rule is for: homework at the address of the achievement makes two documents of one canonical
    form. The guard refuses both."""
    for here, there in itertools.permutations(("Doctor of Everything", "Loops")):
        document = compose(draft(name=here, evidence=[Evidence(there, ACHIEVEMENT, "")]))
        with pytest.raises(UncertainValue) as refused:
            guard.check(document)
        assert refused.value.code == "described_twice"


def test_the_same_thing_said_twice_is_no_confusion() -> None:
    """Alike results, alike work without an address, and alike alignments stay two."""
    twice = compose(
        draft(
            results=[Result("Grade", "A")] * 2,
            evidence=[Evidence("Essay", "", "")] * 2,
            alignments=[Alignment("Iterating", "https://skills.example/1")] * 2,
        )
    )
    once = compose(
        draft(
            results=[Result("Grade", "A")] * 2,
            evidence=[Evidence("Essay", "", "")] * 2,
            alignments=[Alignment("Iterating", "https://skills.example/1")],
        )
    )

    check_ids(twice)
    guard.check(twice)
    assert canonical.digest(twice) != canonical.digest(once)
