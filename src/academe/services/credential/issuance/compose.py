"""From a draft to the document that is signed: W3C Verifiable Credentials 2.0 carrying Open Badges 3.0.

Sources: https://www.w3.org/TR/vc-data-model-2.0/ and https://www.imsglobal.org/spec/ob/v3p0. What is optional
and empty is left out, because an empty string states something too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from academe.services.credential.issuance.draft import Achievement, Alignment, Draft, Identity, IssuerProfile
from academe.services.credential.model import Evidence, Result
from academe.services.credential.standards.contexts import CREDENTIALS_V2, OPEN_BADGES
from academe.services.credential.standards.errors import UncertainValue, pointer

STATUS_PURPOSES = ("revocation", "suspension")


def compose(draft: Draft) -> dict[str, Any]:
    """The unsigned document. Raises nothing; whether it can be signed is for the guard to say."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": draft.uri,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer_profile(draft.issuer),
        "validFrom": instant(draft.issue_time),
        **_filled(validUntil=instant(draft.expire_time) if draft.expire_time else ""),
        "awardedDate": instant(draft.issue_time),
        "name": draft.achievement.name,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [identity_object(one) for one in draft.identities],
            "achievement": _achievement(draft),
            **_filled(result=[_result(draft, number) for number, _ in enumerate(draft.results, 1)]),
        },
        **_filled(evidence=[_evidence(one) for one in draft.evidence]),
        "credentialStatus": [_status(draft, purpose) for purpose in STATUS_PURPOSES],
    }


def check_ids(document: Mapping[str, Any]) -> None:
    """Raises UncertainValue where something has the id of something else in the document.

    Both would be one and the same to a signature, and what is said of one could be moved to the other without
    anybody noticing: a learner who calls their homework a doctorate would have one.
    """
    seen: set[str] = set()
    for one, path in _ids(document, ()):
        if one in seen:
            reason = "Something else in the credential has this address."
            raise UncertainValue(pointer(*path, "id"), reason, "described_twice")
        seen.add(one)


def _ids(value: Any, path: tuple[str | int, ...]) -> Iterable[tuple[str, tuple[str | int, ...]]]:
    """Every id with where it stands, in the order of the document."""
    if isinstance(value, Mapping):
        if "id" in value:
            yield value["id"], path
        for name, inner in value.items():
            yield from _ids(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _ids(inner, (*path, place))


def issuer_profile(issuer: IssuerProfile) -> dict[str, Any]:
    image = {"id": issuer.image_uri, "type": "Image"} if issuer.image_uri else None
    return {
        "id": issuer.did,
        "type": ["Profile"],
        "name": issuer.name,
        **_filled(url=issuer.uri, email=issuer.email, image=image),
    }


def instant(time: datetime) -> str:
    """As xsd:dateTimeStamp, in whole seconds of UTC."""
    return time.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def identity_object(identity: Identity) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity.digest,
        "identityType": identity.kind,
        "salt": identity.salt,
    }


def _achievement(draft: Draft) -> dict[str, Any]:
    achievement = draft.achievement
    return {
        "id": achievement.uri,
        "type": ["Achievement"],
        "achievementType": achievement.achievement_type,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": _criteria(achievement),
        **_filled(
            inLanguage=achievement.language_code,
            tag=list(achievement.tags),
            alignment=[_alignment(one) for one in achievement.alignments],
            resultDescription=list(_result_descriptions(draft)),
        ),
    }


def _criteria(achievement: Achievement) -> dict[str, Any]:
    return {**_filled(id=achievement.criteria_uri), "type": "Criteria", "narrative": achievement.criteria}


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": alignment.name,
        "targetUrl": alignment.uri,
        **_filled(
            targetCode=alignment.code,
            targetFramework=alignment.framework,
            targetDescription=alignment.description,
        ),
    }


def _result_descriptions(draft: Draft) -> Iterable[dict[str, Any]]:
    """Open Badges keeps what was measured apart from what came out."""
    for number, result in enumerate(draft.results, 1):
        yield {
            "id": f"{draft.uri}#result-{number}",
            "type": ["ResultDescription"],
            "name": result.name,
            "resultType": "Result",
        }


def _result(draft: Draft, number: int) -> dict[str, Any]:
    result: Result = draft.results[number - 1]
    return {
        "type": ["Result"],
        "resultDescription": f"{draft.uri}#result-{number}",
        "value": result.value,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        **_filled(id=evidence.uri),
        "type": ["Evidence"],
        "name": evidence.name,
        **_filled(narrative=evidence.narrative),
    }


def _status(draft: Draft, purpose: str) -> dict[str, Any]:
    listed = f"{draft.base_uri}/status/{draft.status.list_id}/{purpose}"
    return {
        "id": f"{listed}#{draft.status.position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(draft.status.position),
        "statusListCredential": listed,
    }


def _filled(**values: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in values.items() if value}
